import { describe, expect, it } from 'vitest';
import { contractOf } from '../../dev/contracts/contract-of.ts';
import { changeOf, deaths, findingProblem, findingsOf } from '../../dev/contracts/findings.ts';
import { wrongImages } from '../../dev/contracts/sources.ts';
import { dashboardUses, pickedLabels, rulesUses, type Use } from '../../dev/contracts/uses.ts';
import { contractFile, contractText } from '../../dev/contracts/files.ts';
import { metricOwners, readContracts, type Contract } from '../../../scripts/rules/contract.ts';

const base: Contract = {
  exporter: 'db-exporter',
  version: '1.0',
  image: 'db-exporter:v1.0',
  job: 'db',
  targetLabels: ['instance', 'job', 'service'],
  metrics: {
    db_up: { type: 'gauge', labels: [] },
    db_reads_total: { type: 'counter', labels: ['database', 'mode'], values: { mode: ['cold', 'warm'] } },
    db_size_bytes: { type: 'gauge', labels: ['database'] },
    db_wait_seconds: { type: 'histogram', labels: ['database'] },
    db_pause_seconds: { type: 'summary', labels: ['quantile'] },
    db_old_total: { type: 'unknown', labels: [] },
  },
};
const later: Contract = {
  ...base,
  version: '2.0',
  metrics: { ...base.metrics, db_size: { type: 'gauge', labels: ['database'] }, db_size_bytes: { type: 'gauge', labels: ['tenant'] } },
};
const other: Contract = { ...base, exporter: 'app', job: 'apps', metrics: { app_up: { type: 'gauge', labels: ['queue'] } } };
const files = new Map([
  ['db-exporter.json', base],
  ['app.json', other],
]);

const use = (expr: string, more: Partial<Use> = {}): Use => ({ place: 'rules.yml:1', name: 'alert A', expr, sets: [], shows: [], ...more });
const found = (expr: string, contracts = files, more: readonly Use[] = [], own: Partial<Use> = {}): string =>
  findingsOf([use(expr, own), ...more], contracts, {
    elsewhere: new Set(['db_elsewhere']),
    ofSomeHosts: new Set(['db_rare']),
    counting: new Set(['db_size_bytes']),
  })
    .map(({ variant, metric, why }) => `${variant}|${metric}|${why}`)
    .join('\n');

describe('what is served', () => {
  it.each([
    ['db_up == 0'],
    ['up{job="db", service!="x"} == 0'],
    ['scrape_duration_seconds{job!="db"} > 1'],
    ['ALERTS{alertstate="firing", anything="x"}'],
    ['sum by (job, service, database) (rate(db_reads_total{mode=~"co.*"}[5m]))'],
    ['histogram_quantile(0.9, sum by (database, le) (rate(db_wait_seconds_bucket[5m])))'],
    ['rate(db_wait_seconds_sum[5m]) / rate(db_wait_seconds_count[5m])'],
    ['db_pause_seconds{quantile="0.9"}'],
    ['rate(db_old_total[5m]) > 1 or delta(db_old_total[5m])'],
    ['db_size_bytes * on (instance) group_left (queue) app_up'],
    ['increase(db_size_bytes[5m]) > 3'],
    ['db_up or db_elsewhere'],
    ['db_rare == 1 and on (instance) db_up'],
    ['db_reads_total{database="$database"} > time() - 3'],
    ['sum without (mode) (db_reads_total) unless on () absent(db_up)'],
    ['topk(3, count_values("n", db_up))'],
    ['max_over_time(rate(db_reads_total[1m])[5m:1m] offset 1d) @ end()'],
  ])('%s', (expr) => {
    expect(found(expr)).toBe('');
  });
});

describe('what is not served', () => {
  it.each([
    ['db_upp == 0', 'db_upp|no exporter exposes it'],
    ['db_up{job="apps"} == 0', 'db_up|the job that is asked for does not expose it, but db does'],
    ['up{job="nobody"} == 0', 'up|no exporter is scraped as the job that is asked for'],
    ['up{databse="x"} == 0', 'up|it has no label databse'],
    ['db_size_bytes{mode="warm"}', 'db_size_bytes|it has no label mode'],
    ['db_size_bytes{mode!="warm"}', 'db_size_bytes|it has no label mode'],
    ['db_reads_total{mode="hot"}', 'db_reads_total|it has no mode="hot", but "cold", "warm"'],
    ['rate(db_up[5m]) > 0', 'db_up|rate() of a gauge: whenever it falls, that is taken for a restart'],
    ['increase(sum(db_up)[5m:]) > 0', 'db_up|increase() of a gauge: whenever it falls, that is taken for a restart'],
    ['deriv(db_reads_total[5m]) > 0', 'db_reads_total|deriv() of a counter: a restart is taken for a fall'],
    ['sum by (mode) (db_size_bytes)', 'db_size_bytes|sum by (mode): there is no label mode'],
    ['sum without (mode) (db_size_bytes)', 'db_size_bytes|sum without (mode): there is no label mode'],
    ['sum by (instance) (db_up) / on (service) db_up', 'db_up|on (service): there is no label service'],
    ['db_up * on (instance) group_left (mode) app_up', 'db_up, app_up|group_left (mode): there is no label mode'],
    ['db_up / ignoring (mode) db_up', 'db_up|ignoring (mode): there is no label mode'],
    [
      'histogram_quantile(0.9, sum(rate(db_wait_seconds_bucket[5m])))',
      'db_wait_seconds_bucket|histogram_quantile (le): there is no label le',
    ],
    ['db_wait_seconds > 1', 'db_wait_seconds|no exporter exposes it'],
    ['db_wait_seconds_sum{quantile="0.9"}', 'db_wait_seconds_sum|it has no label quantile'],
    ['db_up or db_upp', 'db_upp|no exporter exposes it'],
    ['db_up unless db_upp', 'db_upp|no exporter exposes it'],
    ['db_up > > 3', '|it is not PromQL: db_up > > 3'],
  ])('%s', (expr, reason) => {
    expect(found(expr)).toBe(`|${reason}`);
  });

  it('is the whole of an alternative where its known branch is elsewhere only', () => {
    expect(found('db_elsewhere > 1')).toBe('|db_elsewhere|no exporter exposes it');
  });

  it('is a label that people are shown and the result does not have', () => {
    expect(found('sum by (job) (db_up)', files, [], { shows: ['instance', 'job', 'severity'], sets: ['severity'] })).toBe(
      '||it shows the label instance, which its result does not have',
    );
  });
});

describe('versions and settings', () => {
  const both = new Map([...files, ['db-exporter@2.0.json', later]]);
  it('must each be served', () => {
    expect(found('sum by (database) (db_size_bytes)', both)).toBe(
      'db-exporter 2.0|db_size_bytes|sum by (database): there is no label database',
    );
    expect(found('db_size', both)).toBe('|db_size|no exporter exposes it');
  });
  it('are served by an alternative', () => {
    expect(found('db_size or db_size_bytes{database!="x"}', both)).toBe('');
  });
  it('take the place of what they say', () => {
    const setting = { ...other, exporter: 'lean', setting: 'X=lean', replaces: ['db-exporter'] };
    expect(found('db_up', new Map([...files, ['lean-x-lean.json', setting]]))).toBe('X=lean|db_up|no exporter exposes it');
  });
});

describe('recorded metrics', () => {
  const recorded = use('sum by (database) (db_size_bytes)', { record: 'a:b:c', name: 'recorded a:b:c', sets: ['slo'] });
  it('have the labels of their expression and those of their rule', () => {
    expect(found('a:b:c{slo="x", database="y"}', files, [recorded])).toBe('');
    expect(found('a:b:c{mode="x"}', files, [recorded])).toBe('|a:b:c|it has no label mode');
  });
  it('die with what they are made of', () => {
    const circle = use('a:b:c + db_upp', { record: 'a:b:c' });
    expect(found('a:b:c', files, [circle])).toContain('db_upp|no exporter exposes it');
  });
});

describe('another capture', () => {
  const before = findingsOf([use('db_size_bytes{database="x"}'), use('db_upp')], files);
  const after = findingsOf([use('db_size_bytes{database="x"}'), use('db_upp')], new Map([...files, ['db-exporter.json', later]]));
  it('names what would die, and not what was dead before', () => {
    expect(deaths(before, after).map(findingProblem)).toEqual([
      expect.objectContaining({ place: 'rules.yml:1', message: 'alert A: db_size_bytes: it has no label database' }),
    ]);
    expect(deaths(after, after)).toEqual([]);
  });
  it('takes nothing for dead that lives by an alternative', () => {
    const both = [use('db_size or db_size_bytes')];
    const [old, now] = [files, new Map([['db-exporter.json', { ...later, metrics: { db_size: base.metrics['db_up']! } }]])];
    expect(findingsOf(both, now).map(({ metric, dead }) => ({ metric, dead }))).toEqual([{ metric: 'db_size_bytes', dead: false }]);
    expect(deaths(findingsOf(both, old), findingsOf(both, now))).toEqual([]);
  });
  it('is reported in a line', () => {
    expect(changeOf(base, later)).toBe('db-exporter 1.0 → 2.0: 1 new, 0 gone, 1 changed of 7 metrics');
    expect(changeOf(base, base)).toBeUndefined();
    expect(changeOf(undefined, base)).toContain('6 metrics, for the first time');
  });
});

describe('contractOf', () => {
  const types = [
    { metric: 'a_seconds', type: 'histogram' },
    { metric: 'b', type: 'counter' },
    { metric: 'c', type: 'gauge' },
  ];
  const series = [
    { __name__: 'a_seconds_bucket', instance: 'i', le: '1', route: '/' },
    { __name__: 'a_seconds_count', instance: 'i', route: '/' },
    { __name__: 'b_total', instance: 'i', result: 'ok', user: 'x' },
    { __name__: 'b_total', instance: 'i', result: 'failed' },
    { __name__: 'b_created', instance: 'i' },
    { __name__: 'c', instance: 'i', device: 'sda' },
    { __name__: 'd', instance: 'i' },
  ];
  const about = { exporter: 'e', version: '1', image: 'e:1', job: 'e' };
  it('keeps names, types and labels, and the values of what is picked by value', () => {
    expect(contractOf(about, { types, series, targetLabels: ['instance'] }, new Map([['c', new Set(['device'])]])).metrics).toEqual({
      a_seconds: { type: 'histogram', labels: ['route'] },
      b_created: { type: 'gauge', labels: [] },
      b_total: { type: 'counter', labels: ['result', 'user'], values: { result: ['failed', 'ok'] } },
      c: { type: 'gauge', labels: ['device'], values: { device: ['sda'] } },
      d: { type: 'unknown', labels: [] },
    });
  });
  it('gives the same text for the same series in any order', () => {
    const text = (list: typeof series): string =>
      contractText(contractOf(about, { types, series: list, targetLabels: ['instance'] }, new Map()));
    expect(text([...series].reverse())).toBe(text(series));
    expect(readContracts(new Map([['e.json', text(series)]])).contracts.get('e.json')?.metrics['c']).toEqual({
      type: 'gauge',
      labels: ['device'],
    });
  });
});

describe('files of contracts', () => {
  it('are named after exporter, setting and further version', () => {
    expect(contractFile(base, false)).toBe('db-exporter.json');
    expect(contractFile(base, true)).toBe('db-exporter@1.0.json');
    expect(contractFile({ ...base, setting: 'A_B=engine' }, false)).toBe('db-exporter-engine.json');
    expect(contractFile({ ...base, setting: 'A_B=db-exporter' }, true)).toBe('db-exporter@1.0.json');
  });
  it.each(['{', 'null', '[]', '{"exporter":"x"}'])('that are none are reported: %s', (text) => {
    expect(readContracts(new Map([['x.json', text]])).problems).toHaveLength(1);
  });
  it('show who has a metric, by each of its names', () => {
    const owners = metricOwners(
      new Map([
        ['a.json', contractText(base)],
        ['b.json', contractText(later)],
        ['README.md', '#'],
      ]),
    );
    expect(owners.get('db_wait_seconds_bucket')).toEqual(['db-exporter']);
    expect(owners.get('db_wait_seconds')).toBeUndefined();
  });
});

describe('images to try', () => {
  it.each([
    ['postgres-exporter=reg/x:1', undefined],
    ['postgres-exporter', '"postgres-exporter" is not service=image'],
    ['postgres-exporter=', '"postgres-exporter=" is not service=image'],
    ['postgres=x:1', 'there is no exporter "postgres"'],
  ])('%s', (given, message) => {
    expect(wrongImages([given])[0]?.message).toBe(message);
  });
});

describe('uses', () => {
  it('of a rule file are its alerts and recorded metrics', () => {
    const text =
      'groups:\n  - rules:\n      - { record: "a:b", expr: x }\n      - alert: B\n        expr: y{z="1"}\n        labels: { severity: info }\n        annotations: { summary: "{{ $labels.z }}" }\n';
    expect(rulesUses('r.yml', text)).toEqual([
      { place: 'r.yml', name: 'recorded a:b', expr: 'x', record: 'a:b', sets: [], shows: [] },
      { place: 'r.yml:4', name: 'alert B', expr: 'y{z="1"}', sets: ['severity'], shows: ['z'] },
    ]);
  });
  it('of a dashboard are its panels and variables, with values for those, and nothing of Loki', () => {
    const panels = [
      {
        title: 'row',
        panels: [{ title: 'in', targets: [{ expr: 'rate(x{a="$a"}[$__rate_interval]) > ${limit}', legendFormat: '{{a}} {{ b }}' }] }],
      },
      { title: 'logs', datasource: { uid: 'loki' }, targets: [{ expr: '{job="x"} |= `y`' }] },
    ];
    const list = [{ name: 'a', query: { query: 'label_values(x{b="1"}, a)' } }];
    expect(dashboardUses('d.json', JSON.stringify({ panels, templating: { list } }))).toEqual([
      { place: 'd.json', name: 'variable a', expr: 'x{b="1"}', sets: [], shows: ['a'] },
      { place: 'd.json', name: 'panel "in"', expr: 'rate(x{a="$a"}[5m]) > 1', sets: [], shows: ['a', 'b'] },
    ]);
  });
  it('pick series by the values that they name', () => {
    expect(pickedLabels([use('a{b="c", d!="e", f=~"$g", h=~"i"}')])).toEqual(new Map([['a', new Set(['b', 'h'])]]));
  });
});
