import { modules } from '../../../scripts/modules/index.ts';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { renderTree } from '../../../scripts/render/tree.ts';
import { readSettings } from '../../../scripts/settings/settings.ts';

const { plain } = readSettings([], '.env').settings;
const render = (files: Readonly<Record<string, string>>) =>
  renderTree({
    sources: new Map(Object.entries(files)),
    settings: plain,
    host: { serverName: 'host', gateway: '172.30.0.1' },
    all: modules,
    modules: [],
    services: new Set(),
    secretFiles: [],
    alertmanager: (config) => ({ config, secretFiles: [] }) as never,
  });
const said = (files: Readonly<Record<string, string>>): readonly string[] =>
  render(files).problems.map(({ severity, place, message }) => `${severity} ${place} ${message}`);

describe('a file of another form than is rendered', () => {
  it.each([
    ['prometheus/prometheus.yml', 'global: []\n', ':1 "global" is not a map'],
    ['prometheus/prometheus.yml', 'global:\n  external_labels: eu\n', ':2 "external_labels" is not a map'],
    ['prometheus/prometheus.yml', '[]\n', ':1 the file is not a map'],
    ['prometheus/scrape/mine.yml', 'scrape_configs:\n  job_name: x\n', ':2 "scrape_configs" is not a list'],
    ['prometheus/scrape/mine.yml', 'scrape_configs:\n  -\n', ':2 an entry of "scrape_configs" is not a map'],
    ['prometheus/scrape/mine.yml', 'scrape_configs:\n  - static_configs: [a:1]\n', ':2 an entry of "static_configs" is not a map'],
    ['prometheus/scrape/mine.yml', 'scrape_configs:\n  - static_configs:\n      - targets: a:1\n', ':3 "targets" is not a list'],
    ['prometheus/rules/mine.yml', 'groups: {}\n', ':1 "groups" is not a list'],
    ['prometheus/rules/mine.yml', 'groups:\n  - rules:\n      - alert: A\n        annotations: []\n', ':4 "annotations" is not a map'],
    ['loki/loki.yml', 'limits_config: []\n', ':1 "limits_config" is not a map'],
    ['grafana/provisioning/datasources/mine.yml', 'datasources: [loki]\n', ':1 an entry of "datasources" is not a map'],
    ['grafana/dashboards/custom/x.json', '{', ' is not valid JSON: '],
    ['grafana/dashboards/custom/x.json', '[]', ' is not a dashboard in the classic model: it has no uid'],
    ['grafana/dashboards/custom/x.json', 'null', ' is not a dashboard in the classic model: it has no uid'],
  ])('%s: %j', (path, text, message) => {
    expect(said({ [path]: text })).toEqual([expect.stringContaining(`error ${path}${message}`)]);
    expect(render({ [path]: text }).problems[0]?.fix).toMatch(/./);
  });

  it('is reported together with those of the other files', () => {
    expect(said({ 'prometheus/prometheus.yml': 'global: []\n', 'grafana/dashboards/custom/x.json': '{' })).toHaveLength(2);
  });
});

it('an empty value stands for one that is left out', () => {
  const files = {
    'prometheus/prometheus.yml': 'global:\n  # external_labels: {}\n',
    'prometheus/rules/mine.yml': 'groups:\n  - rules:\n      - alert: A\n        annotations:\n',
    'prometheus/scrape/mine.yml': 'scrape_configs:\n',
    'loki/loki.yml': 'limits_config:\n',
  };
  expect(said(files)).toEqual([]);
  const { tree } = render(files);
  expect(parse(tree.get('prometheus/prometheus.yml') ?? '')).toEqual({ global: { external_labels: { cluster: 'pharos' } } });
  expect(parse(tree.get('prometheus/rules/mine.yml') ?? '').groups[0].rules[0].annotations.runbook_url).toMatch(/A$/);
  expect(parse(tree.get('loki/loki.yml') ?? '').limits_config.retention_period).toBe('336h');
});

it('annotations that rules share get the page of each', () => {
  const text =
    'groups:\n  - rules:\n      - alert: A\n        annotations: &shared { summary: s }\n      - alert: B\n        annotations: *shared\n';
  const { tree } = render({ 'prometheus/rules/mine.yml': text });
  const { rules } = parse(tree.get('prometheus/rules/mine.yml') ?? '').groups[0] as { rules: { annotations: { runbook_url: string } }[] };
  expect(rules.map(({ annotations }) => annotations.runbook_url.split('/').at(-1))).toEqual(['A', 'B']);
});

describe('a target that is a URL', () => {
  const [path, text] = ['prometheus/targets/apps/u.yml', "# http://elsewhere/\n- targets: ['http://shop-x:3000/internal', 'good:1']\n"];

  it('is named with its file and line, where host:port belongs', () => {
    expect(render({ [path]: text }).problems).toEqual([
      expect.objectContaining({
        place: `${path}:2`,
        message: '"http://shop-x:3000/internal" is a URL where host:port belongs',
        fix: 'shop-x:3000 and the label __metrics_path__: /internal',
      }),
    ]);
    expect(render({ [path]: '- targets:\n    - https://shop\n' }).problems[0]).toMatchObject({
      place: `${path}:2`,
      fix: 'shop:443 and the label __scheme__: https',
    });
  });

  it('is right for a probe, and as the value of a label', () => {
    expect(said({ 'prometheus/targets/blackbox/u.yml': text })).toEqual([]);
    expect(said({ [path]: '- targets: [a:1]\n  labels:\n    page: http://a/\n' })).toEqual([]);
  });
});
