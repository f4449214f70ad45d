import { describe, expect, it } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, readTree } from '../../../scripts/base/files.ts';
import { selectorsOf } from '../../../scripts/rules/selectors.ts';
import { labelsIn } from '../../../scripts/rules/series.ts';
import { background } from '../../week/background/index.ts';
import { ruleGroups } from '../../dev/mutation/rule-mutants.ts';
import { readEvents } from '../../week/shared/catalogue.ts';

interface Contract {
  readonly metrics: Readonly<Record<string, { readonly labels: readonly string[] }>>;
}

const contracts = readdirSync(join(ROOT, 'test/contracts')).map(
  (name) => JSON.parse(readFileSync(join(ROOT, 'test/contracts', name), 'utf8')) as Contract,
);
/** The labels of a metric that some exporter was seen to expose. */
const seen = new Map<string, Set<string>>();
for (const [name, { labels }] of contracts.flatMap(({ metrics }) => Object.entries(metrics)))
  for (const metric of [name, `${name}_count`, `${name}_sum`, `${name}_bucket`])
    seen.set(metric, new Set([...(seen.get(metric) ?? []), ...labels, 'le']));
const exprs = [...(await readTree(ROOT, 'prometheus/rules')).values()].flatMap((text) =>
  ruleGroups(text).flatMap(({ rules }) => rules.map(({ expr }) => expr)),
);
const read = new Set(exprs.flatMap((expr) => selectorsOf(expr).map(({ metric }) => metric)));
const keys = background.flatMap(({ labels, series }) => Object.keys(series).map((key) => [key, new Set(Object.keys(labels))] as const));

describe('the background', () => {
  it('holds series as exporters expose them', () => {
    const wrong = keys.flatMap(([key, ofTarget]) => {
      const metric = key.replace(/\{.*$/, '');
      const labels = seen.get(metric);
      // What no contract holds yet is at least read; another name would be a slip.
      if (labels === undefined) return read.has(metric) ? [] : [`${metric} is exposed by nothing, and no rule reads it`];
      return Object.keys(labelsIn(key))
        .filter((label) => !ofTarget.has(label) && !labels.has(label))
        .map((label) => `${metric} has no label ${label}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('the catalogue', () => {
  it('has an event in each file, under a title of its own', async () => {
    const titles = [...(await readEvents()).values()].map(({ title }) => title);
    expect(titles).toHaveLength(19);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
