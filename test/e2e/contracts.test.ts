import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { ContractSource } from '../../scripts/modules/parts.ts';
import type { Contract } from '../../scripts/rules/contract.ts';
import { captureContracts } from '../dev/contracts/capture.ts';
import { eventually, removeEverything, sh } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { serviceImage } from '../support/images.ts';

const PROJECT = 'pharos-contract-test';
const folder = mkdtempSync(join(tmpdir(), `${PROJECT}-`));
const source = (service: string): ContractSource => ({
  exporter: service,
  job: 'self',
  service,
  target: '{job="self"}',
  series: ['{job="self"}'],
});
let image = '';
let contracts: readonly Contract[] = [];

/** Makes a gauge, and an alert with the same labels, of a series of Prometheus' own. */
const RULES = {
  groups: [
    {
      name: 'made',
      rules: [
        { record: 'made:up:sum', expr: 'up{job="self"}' },
        { alert: 'Made', expr: 'up{job="self"}' },
      ],
    },
  ],
};

beforeAll(async () => {
  const docker = new Docker();
  image = await serviceImage(docker, 'prometheus');
  await removeEverything(PROJECT);
  const scrape = { job_name: 'self', static_configs: [{ targets: ['127.0.0.1:9090'], labels: { instance: 'it', rack: 'one' } }] };
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    scrape_configs: [scrape],
  };
  mkdirSync(join(folder, 'etc'));
  writeFileSync(join(folder, 'etc/prometheus.yml'), stringify(config));
  writeFileSync(join(folder, 'etc/rules.yml'), stringify(RULES));
  await sh(['chmod', '-R', 'a+rX', folder]);
  const labels = ['--label', `com.docker.compose.project=${PROJECT}`, '--label', 'com.docker.compose.service=prometheus'];
  const once = ['--label', 'com.docker.compose.oneoff=False'];
  const place = ['--name', `${PROJECT}-prometheus`, '-p', '127.0.0.1::9090', '-v', `${join(folder, 'etc')}:/etc/prometheus:ro`];
  const flags = ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/tmp/data'];
  const started = await sh(['docker', 'run', '-d', ...labels, ...once, ...place, '--tmpfs', '/tmp:mode=1777', image, ...flags]);
  expect(started).toMatchObject({ code: 0 });
  const port = (await sh(['docker', 'port', `${PROJECT}-prometheus`, '9090'])).stdout.trim();
  const prometheus = `http://${port}`;
  await eventually('Prometheus has scraped itself and evaluated its rules', 60, async () => {
    const response = await fetch(`${prometheus}/api/v1/query?query=ALERTS`);
    return ((await response.json()) as { data: { result: unknown[] } }).data.result.length > 0;
  });
  const picked = new Map([
    ['prometheus_build_info', new Set(['version'])],
    ['prometheus_http_requests_total', new Set(['handler'])],
  ]);
  contracts = await captureContracts({ docker, prometheus, projects: [PROJECT], version: '1', since: 0, picked, quietMs: 3_000 }, [
    source('prometheus'),
    source('elsewhere'),
  ]);
});
afterAll(async () => {
  await removeEverything(PROJECT);
  rmSync(folder, { recursive: true, force: true });
});

describeWithEngine('a capture of a real exporter', () => {
  it('names it, its version and its image, and leaves out what does not run', () => {
    expect(contracts).toHaveLength(1);
    expect(contracts[0]).toMatchObject({ exporter: 'prometheus', image, targetLabels: ['instance', 'job', 'rack'] });
    expect(image).toContain(contracts[0]?.version);
    expect(contracts[0]?.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('has names, types and labels, those of the target left out', () => {
    expect(contracts[0]?.metrics).toMatchObject({
      prometheus_build_info: { type: 'gauge', labels: expect.arrayContaining(['goversion', 'version']) as string[] },
      prometheus_tsdb_head_samples_appended_total: { type: 'counter', labels: ['type'], values: { type: ['float', 'histogram'] } },
      prometheus_http_request_duration_seconds: { type: 'histogram', labels: ['handler'] },
      prometheus_target_interval_length_seconds: { type: 'summary', labels: ['interval', 'quantile'] },
    });
    expect(Object.values(contracts[0]?.metrics ?? {}).filter(({ labels }) => labels.includes('rack') || labels.includes('le'))).toEqual([]);
  });

  it('has the values of labels by which series are picked, where they are few', () => {
    const valuesOf = (metric: string) => contracts[0]?.metrics[metric]?.values;
    expect(valuesOf('prometheus_build_info')).toEqual({ version: [expect.stringContaining(contracts[0]?.version ?? '-')] });
    expect(contracts[0]?.metrics['prometheus_http_requests_total']?.labels).toContain('handler');
    expect(valuesOf('prometheus_http_requests_total')).toBeUndefined();
  });

  it('has nothing that Prometheus or its rules made of them', () => {
    const names = Object.keys(contracts[0]?.metrics ?? {});
    expect(names.filter((name) => /^(up$|scrape_|ALERTS|made)/.test(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(100);
  });
});
