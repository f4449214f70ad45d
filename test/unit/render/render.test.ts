import { parseYaml } from '../../../scripts/base/tree.ts';
import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { NOT_BACK } from '../../../scripts/rules/deployment.ts';
import { renderRules, renderScrape, withThreshold } from '../../../scripts/render/scrape.ts';
import type { PlainSettings } from '../../../scripts/settings/table.ts';

const settings = { ALERT_CPU_THRESHOLD: 70 } as PlainSettings;

it('parseYaml names the first mistakes of a file, not all that follow from one bracket', () => {
  const text = `route: [\n${Array.from({ length: 50 }, (_, index) => `  key${index}: { a: b }\n`).join('')}`;
  const { doc, problems } = parseYaml('alertmanager/alertmanager.yml', text);
  expect(doc).toBeUndefined();
  expect(problems.length).toBeLessThanOrEqual(3);
  expect(problems[0]?.place).toBe('alertmanager/alertmanager.yml:3');
});

describe('withThreshold', () => {
  it('moves the literal at the end and nothing else', () => {
    expect(withThreshold('100 * a > 80', 80, 65.5)).toBe('100 * a > 65.5');
    expect(withThreshold('a > 80 and b >= 80\n', 80, 5)).toBe('a > 80 and b >= 5\n');
  });
  it('moves the end of a time, too', () => {
    expect(withThreshold('(time() - a) < 180', 180, 300)).toBe('(time() - a) < 300');
  });
  it('gives up where the expression ends otherwise', () => {
    expect(withThreshold('a > 85', 80, 5)).toBeUndefined();
    expect(withThreshold('a > 80 and b', 80, 5)).toBeUndefined();
  });
});

describe('renderRules', () => {
  const text =
    'groups:\n  - name: g\n    rules:\n      - alert: HighCPUUsage\n        expr: cpu > 80\n        annotations: { summary: s }\n      - record: r\n        expr: x\n';
  const thresholds = [
    { alert: 'HighCPUUsage', literal: 80, setting: 'ALERT_CPU_THRESHOLD', critical: { alert: 'CriticalCPUUsage', at: 95 } },
  ];
  const options = {
    path: 'prometheus/rules/node.yml',
    module: 'node',
    runbooksUrl: 'http://h/runbooks',
    thresholds,
    settings,
    held: () => false,
  };

  it('moves thresholds and adds the runbook to every alert', () => {
    const rendered = renderRules(parseDocument(text), options);
    expect(rendered.problems).toEqual([]);
    expect(parse(rendered.text).groups[0].rules).toEqual([
      { alert: 'HighCPUUsage', expr: 'cpu > 70', annotations: { summary: 's', runbook_url: 'http://h/runbooks/node/HighCPUUsage' } },
      { record: 'r', expr: 'x' },
    ]);
  });

  it('says of what a deployment holds back that it did not come back', () => {
    const rendered = renderRules(parseDocument(text.replace('summary: s', 'summary: s, description: d')), {
      ...options,
      held: (alert) => alert === 'HighCPUUsage',
    });
    expect(parse(rendered.text).groups[0].rules[0].annotations.description).toBe(`d${NOT_BACK}`);
  });

  it('counts in the unit of the rule', () => {
    const minutes = [{ alert: 'HighCPUUsage', literal: 80, setting: 'ALERT_CPU_THRESHOLD', factor: 60 }];
    const rendered = renderRules(parseDocument(text.replace('>', '<')), { ...options, thresholds: minutes });
    expect(parse(rendered.text).groups[0].rules[0].expr).toBe('cpu < 4200');
  });

  it('reports a rule whose literal was edited away', () => {
    const rendered = renderRules(parseDocument(text.replace('80', '81')), options);
    expect(rendered.problems).toHaveLength(1);
  });
});

describe('renderScrape', () => {
  const text =
    'scrape_configs:\n  - job_name: redis\n    file_sd_configs: [{ files: [a] }]\n  - job_name: grafana\n    static_configs: [{ targets: [grafana:3000] }]\n';
  it('adds instances and drops jobs of services that do not run', () => {
    const added = [{ job: 'redis', groups: [{ targets: ['redis://c:6379'], labels: { instance: 'cache' } }] }];
    expect(parse(renderScrape(parseDocument(text), added, new Set(['grafana']))).scrape_configs).toEqual([
      { job_name: 'redis', file_sd_configs: [{ files: ['a'] }], static_configs: added[0]?.groups },
    ]);
  });
});

it('parseYaml names the file and the line of a mistake', () => {
  const { doc, problems } = parseYaml('prometheus/rules/x.yml', 'groups:\n  - name: a\n   bad: [\n');
  expect(doc).toBeUndefined();
  expect(problems[0]?.place).toMatch(/^prometheus\/rules\/x\.yml:\d+$/);
});
