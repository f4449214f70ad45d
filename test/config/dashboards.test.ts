import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { dashboardFiles } from '../../grafana/src/index.ts';
import { dashboardProblems, type DashboardJson } from '../../scripts/render/dashboard-invariants.ts';
import { alertRules } from '../../scripts/rules/files.ts';
import { ROOT, readTree } from '../../scripts/base/files.ts';

const files = [...(await readTree(ROOT, 'grafana/dashboards'))].filter(([path]) => path.endsWith('.json'));
const provisioning = (await readTree(ROOT, 'grafana/provisioning')).get('grafana/provisioning/datasources/datasources.yml') ?? '';
const uids = (parse(provisioning) as { datasources: { uid: string }[] }).datasources.map(({ uid }) => uid);

const sound: DashboardJson = {
  uid: 'x',
  description: 'd',
  schemaVersion: 39,
  panels: [
    { id: 1, type: 'row', title: 'r', gridPos: { x: 0, y: 0, w: 24, h: 1 } },
    {
      id: 2,
      type: 'stat',
      title: 't',
      description: 'd',
      fieldConfig: { defaults: { unit: 's' } },
      gridPos: { x: 0, y: 1, w: 12, h: 4 },
      targets: [{ expr: 'up', datasource: { uid: 'prometheus' } }],
    },
  ],
};
const [row, panel] = sound.panels ?? [];
const found = (change: object, panelChange: object = {}): string[] =>
  dashboardProblems('grafana/dashboards/x.json', { ...sound, panels: [row!, { ...panel!, ...panelChange }], ...change }, [
    'prometheus',
  ]).map(({ message }) => message);

describe('the checked-in dashboards', () => {
  it('are what grafana/src gives, no more and no less', () => {
    const generated = [...dashboardFiles()].map(([name, text]) => [`grafana/dashboards/${name}`, text]);
    expect(Object.fromEntries(files.filter(([path]) => path.split('/').length === 3))).toEqual(Object.fromEntries(generated));
  });

  it('show data in every supported Grafana', () => {
    expect(files.length).toBeGreaterThan(1);
    for (const [path, text] of files) expect(dashboardProblems(path, JSON.parse(text) as DashboardJson, uids)).toEqual([]);
  });

  it('show deployments', () => {
    for (const [path, text] of files.filter(([path]) => path.split('/').length === 3))
      expect(
        (JSON.parse(text) as { annotations?: { list?: { expr?: string }[] } }).annotations?.list?.map(({ expr }) => expr),
        path,
      ).toContain('1000 * docker_service_planned_stop_timestamp_seconds');
  });

  it('have the home page that Grafana opens', () => {
    expect(files.map(([path]) => path)).toContain('grafana/dashboards/overview.json');
  });
});

describe('the dashboard of applications', () => {
  const rules = alertRules('prometheus/rules/apps.yml', readFileSync(join(ROOT, 'prometheus/rules/apps.yml'), 'utf8'));
  const { panels = [] } = JSON.parse(new Map(files).get('grafana/dashboards/applications.json') ?? '{}') as {
    panels?: readonly { title: string; fieldConfig?: { defaults: { thresholds?: { steps: readonly { value: number | null }[] } } } }[];
  };
  it.each([
    ['Errors', ['HighErrorRate', 'CriticalErrorRate']],
    ['p95', ['HighResponseTime']],
    ['p99', ['SlowResponseTime']],
    ['Latency', ['HighResponseTime', 'SlowResponseTime']],
    ['Event loop lag', ['HighEventLoopLag']],
    ['Heap', ['HighHeapUsage']],
    ['Waiting', ['QueueBacklogGrowing']],
    ['Failed jobs', ['HighJobFailureRate']],
  ])('draws the limits of %s where its alerts begin', (title, alerts) => {
    // The first comparison at the end of an expression or before its further conditions.
    const limits = alerts.map((alert) =>
      Number(/ > ([\d.]+)(?=\s*(and|$))/.exec(rules.find((rule) => rule.alert === alert)?.expr.trim() ?? '')?.[1]),
    );
    const found = panels.filter((one) => one.title === title);
    expect(found.length).toBeGreaterThan(0);
    for (const { fieldConfig } of found)
      expect(fieldConfig?.defaults.thresholds?.steps.flatMap(({ value }) => (value === null ? [] : [value]))).toEqual(limits);
  });
});

describe('dashboardProblems', () => {
  it('is content with a sound dashboard', () => {
    expect(found({})).toEqual([]);
  });
  it.each<[object, object, string]>([
    [{ uid: 'y' }, {}, 'the uid "y"'],
    [{ description: '' }, {}, 'has no description'],
    [{ panels: undefined }, {}, 'not in the classic model'],
    [{ schemaVersion: 43 }, {}, 'schemaVersion 43'],
    [{ __inputs: [] }, {}, 'at import'],
    [{}, { type: 'graph' }, 'type graph'],
    [{}, { title: '' }, 'has no title'],
    [{}, { description: '' }, 'has no description'],
    [{}, { fieldConfig: {} }, 'has no unit'],
    [{}, { targets: [] }, 'has no query'],
    [{}, { targets: [{ expr: ' ', datasource: { uid: 'prometheus' } }] }, 'empty expression'],
    [{}, { targets: [{ expr: 'up', datasource: { uid: '${DS_X}' } }] }, 'not provisioned'],
    [{}, { targets: [{ expr: 'up', datasource: 'Prometheus' }] }, 'not provisioned'],
    [{}, { id: 1 }, 'same id'],
    [{}, { gridPos: { x: 0, y: 0, w: 1, h: 1 } }, 'overlap'],
  ])('%j %j', (change, panelChange, message) => {
    expect(found(change, panelChange).join('\n')).toContain(message);
  });
});
