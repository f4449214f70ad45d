import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moduleName } from '../../scripts/rules/invariants.ts';
import { wakesPeople } from '../dev/report/rows.ts';
import { sloAlerts } from '../dev/report/slo-alerts.ts';
import { MODULE_NAMES } from '../../scripts/modules/index.ts';
import { drillSources } from '../dev/proof/drill-source.ts';
import { MAIN_BATCH } from '../drills/shared/drill.ts';
import { checkedInRules } from '../drills/shared/limits.ts';
import { drillModules, drills, DRILLS, fleetTargets } from '../drills/shared/registry.ts';

/** Those of the modules: a rule file of a user's own is that user's to drill. */
const rules = checkedInRules().filter(({ path }) => [...MODULE_NAMES, 'stack'].some((module) => path === `prometheus/rules/${module}.yml`));
/** With those that are made of every promise of a service. */
const all = [...rules, ...sloAlerts()];
const drilled = new Set(drills.map(({ alert }) => alert));
const critical = all.filter(({ labels }) => wakesPeople(labels['severity'] ?? '')).map(({ alert }) => alert);
const twice = (values: readonly string[]): readonly string[] => values.filter((value, index) => values.indexOf(value) !== index);

describe('drills', () => {
  it('break something for every critical alert and every emergency', () => {
    expect(critical).toContain('SLOBurnRateFast');
    expect(critical.filter((alert) => !drilled.has(alert))).toEqual([]);
  });

  it('are in the file of their alert’s module, each as one element of a list', () => {
    const modules = new Map(all.map((rule) => [rule.alert, moduleName(rule.path)]));
    const misplaced = [...drillModules].flatMap(([module, { drills: own }]) =>
      own.flatMap(({ alert }) => (modules.get(alert) === module ? [] : [`${alert} is in ${module}.ts`])),
    );
    expect(misplaced).toEqual([]);
    const texts = new Map([...drillModules.keys()].map((name) => [`${name}.ts`, readFileSync(join(DRILLS, `${name}.ts`), 'utf8')]));
    const sources = drillSources(texts);
    for (const [module, { drills: own }] of drillModules) expect(sources.get(module), module).toHaveLength(own.length);
  });

  it('expect alerts that there are, with the severity that they have', () => {
    const severities = new Map(all.map(({ alert, labels }) => [alert, labels['severity']]));
    expect(drills.filter(({ alert, severity }) => severities.get(alert) !== severity).map(({ alert }) => alert)).toEqual([]);
  });

  it('can be distinguished: an alert with several faults has a fault and an instance for each', () => {
    expect(twice(drills.map(({ alert, fault }) => `${alert}: ${fault}`))).toEqual([]);
    expect(twice(drills.filter(({ batch = MAIN_BATCH }) => batch === MAIN_BATCH).map(({ alert, of = '' }) => `${alert} ${of}`))).toEqual(
      [],
    );
  });

  it('name each target once', () => {
    const targets = new Set([...fleetTargets, ...drills.flatMap((drill) => drill.targets)]);
    expect(twice([...targets].map(({ name }) => name))).toEqual([]);
  });

  it('break a few things in every test run', () => {
    const often = drills.filter(({ everyTest }) => everyTest === true).map(({ alert }) => alert);
    expect(often.sort()).toEqual(['ContainerOOMKilled', 'CriticalErrorRate', 'EndpointDown', 'PostgreSQLCriticalConnections', 'RedisDown']);
  });
});
