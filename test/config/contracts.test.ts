import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { dashboardFiles } from '../../grafana/src/index.ts';
import { findingProblem, findingsOf, idleExceptions } from '../dev/contracts/findings.ts';
import { CONTRACT_SOURCES } from '../dev/contracts/sources.ts';
import { rulesUses, type Use } from '../dev/contracts/uses.ts';
import type { Contract, Contracts } from '../../scripts/rules/contract.ts';
import { renderSlo } from '../../scripts/rules/render-slo.ts';
import { ROOT, readTree } from '../../scripts/base/files.ts';
import { modules } from '../../scripts/modules/index.ts';
import { presentContracts } from '../dev/contracts/files.ts';
import { readUses } from '../dev/contracts/read-uses.ts';

/** What the README offers, on the example's metrics. */
const SLO = [
  'service: demo',
  'slos:',
  '  - { indicator: availability, objective: 99.9 }',
  '  - { indicator: latency, seconds: 0.5, objective: 99 }',
  '  - indicator: payments',
  '    good: payment_callbacks_total{service="demo",result="succeeded"}',
  '    total: payment_callbacks_total{service="demo"}',
  '    objective: 99.5',
  '',
].join('\n');

interface ScrapeJob {
  readonly job_name: string;
  readonly metric_relabel_configs?: readonly Readonly<Record<string, unknown>>[];
}

/** The jobs of a scrape file, without those that drop every metric: `up` is all that is left of them, and Prometheus makes it. */
function keptJobs(text: string): readonly string[] {
  const { scrape_configs: jobs } = parse(text) as { readonly scrape_configs: readonly ScrapeJob[] };
  const dropsAll = (rule: Readonly<Record<string, unknown>>): boolean => Object.keys(rule).join() === 'action' && rule['action'] === 'drop';
  return jobs.filter(({ metric_relabel_configs: rules = [] }) => !rules.some(dropsAll)).map(({ job_name }) => job_name);
}

let contracts: Contracts;
let uses: readonly Use[];
beforeAll(async () => {
  contracts = await presentContracts(ROOT);
  const slo = renderSlo('prometheus/slo/demo.yml', SLO, { sources: new Map(), runbooksUrl: '', retention: '30d' });
  expect(slo.problems).toEqual([]);
  // What a user adds in files of their own speaks of exporters that are not ours to know.
  const ours = [
    ...modules.map(({ name }) => `prometheus/rules/${name}.yml`),
    ...[...dashboardFiles().keys()].map((name) => `grafana/dashboards/${name}`),
  ];
  const all = await readUses(ROOT);
  uses = [
    ...all.filter(({ place }) => ours.includes(place.replace(/:\d+$/, ''))),
    ...rulesUses('prometheus/slo/demo.yml', slo.rules?.text ?? ''),
  ];
});
const reported = (list: readonly Use[], others = contracts): readonly string[] =>
  findingsOf(list, others).map((finding) => `${finding.use.place} ${findingProblem(finding).message}`);
describe('what exporters expose', () => {
  it('serves every alert, recorded metric, SLO, panel and variable, with every setting and version', () => {
    expect(uses.filter(({ name }) => name.startsWith('alert ')).length).toBeGreaterThan(100);
    expect(uses.filter(({ name }) => name.startsWith('panel ')).length).toBeGreaterThan(50);
    expect(reported(uses)).toEqual([]);
  });

  it('needs every exception that is made', () => {
    expect(idleExceptions(uses, contracts)).toEqual([]);
  });

  it('is captured of every job that is scraped', async () => {
    const scraped = [...(await readTree(ROOT, 'prometheus/scrape')).values()].flatMap(keptJobs);
    const captured = [...contracts.values()].map(({ job }) => job);
    expect(scraped.filter((job) => !captured.includes(job))).toEqual([]);
    expect(CONTRACT_SOURCES.map(({ job }) => job).filter((job) => !scraped.includes(job))).toEqual([]);
  });

  it('leaves out only jobs that keep nothing of what their targets expose', () => {
    const job = (name: string, drop: object): object => ({ job_name: name, metric_relabel_configs: [drop] });
    const jobs = [job('all', { action: 'drop' }), job('some', { action: 'drop', source_labels: ['__name__'], regex: 'go_.+' })];
    expect(keptJobs(JSON.stringify({ scrape_configs: [...jobs, { job_name: 'plain' }] }))).toEqual(['some', 'plain']);
  });
});

describe('a name of one version only', () => {
  const slots = (expr: string): readonly string[] => reported([{ place: 'x.yml:1', name: 'alert X', expr, sets: [], shows: [] }]);
  it('is found out, and is served with its other name beside it', () => {
    expect(slots('pg_replication_slot_slot_is_active == 0')).toEqual([
      'x.yml:1 alert X (with postgres-exporter 0.20.1): pg_replication_slot_slot_is_active: no exporter exposes it',
    ]);
    expect(slots('pg_replication_slots_slot_is_active == 0')).toEqual([
      'x.yml:1 alert X: pg_replication_slots_slot_is_active: no exporter exposes it',
    ]);
    expect(slots('(pg_replication_slot_slot_is_active or pg_replication_slots_slot_is_active) == 0')).toEqual([]);
  });
  it('is a label as well: 3.13 has none that names the branch', () => {
    expect(slots('sum by (branch) (prometheus_build_info)')).toEqual([
      'x.yml:1 alert X (with prometheus 3.13.2): prometheus_build_info: sum by (branch): there is no label branch',
    ]);
  });
});

describe('an exporter that drops', () => {
  it.each([
    ['a metric', 'redis-exporter.json', '"redis_up"', '"redis_alive"', 'alert RedisDown', 'redis_up: no exporter exposes it'],
    ['a label', 'node-exporter.json', '"mode"', '"kind"', 'alert HighIOWait', 'node_cpu_seconds_total: it has no label mode'],
    [
      'a value',
      'postgres-exporter.json',
      '"stat_wal_receiver"',
      '"wal_receiver"',
      'alert PostgreSQLReplicationBroken',
      'pg_scrape_collector_success: it has no collector="stat_wal_receiver", but "database"',
    ],
    [
      'the type of a counter',
      'redis-exporter.json',
      '"redis_evicted_keys_total":{"type":"counter"',
      '"redis_evicted_keys_total":{"type":"gauge"',
      'alert RedisEvictions',
      'redis_evicted_keys_total: rate() of a gauge',
    ],
    ['a label of targets', 'blackbox-exporter.json', '"module"', '"m"', 'alert TCPProbeFailed', 'probe_success: it has no label module'],
    [
      'what only a panel shows',
      'prometheus.json',
      '"prometheus_tsdb_storage_blocks_bytes"',
      '"x"',
      'panel "Data on disk"',
      'prometheus_tsdb_storage_blocks_bytes: no exporter exposes it',
    ],
  ])('%s is found out', (_what, file, from, to, name, message) => {
    const before = JSON.stringify(contracts.get(file));
    const after = before.replaceAll(from, to);
    expect(after).not.toBe(before);
    const [dead = ''] = reported(
      uses.filter((use) => use.name === name),
      new Map([...contracts, [file, JSON.parse(after) as Contract]]),
    );
    expect(dead).toContain(`${name}: ${message}`);
  });
});
