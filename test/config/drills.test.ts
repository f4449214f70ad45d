import { describe, expect, it } from 'vitest';
import { drills } from '../drills/all.ts';
import { checkedInRules } from '../drills/promise.ts';

const rules = checkedInRules();
const drilled = new Set(drills.map(({ alert }) => alert));
const critical = rules.filter(({ labels }) => labels['severity'] === 'critical').map(({ alert }) => alert);

describe('drills', () => {
  it('break something for every critical alert', () => {
    expect(critical.filter((alert) => !drilled.has(alert))).toEqual([]);
  });

  it('expect alerts that there are, with the severity that they have', () => {
    const severities = new Map(rules.map(({ alert, labels }) => [alert, labels['severity']]));
    expect(drills.filter(({ alert, severity }) => severities.get(alert) !== severity).map(({ alert }) => alert)).toEqual([]);
  });

  it('can be told apart: an alert with several faults has a fault and an instance for each', () => {
    const twice = (values: readonly string[]): readonly string[] => values.filter((value, index) => values.indexOf(value) !== index);
    expect(twice(drills.map(({ alert, fault }) => `${alert}: ${fault}`))).toEqual([]);
    expect(twice(drills.filter(({ turn = 1 }) => turn === 1).map(({ alert, of = '' }) => `${alert} ${of}`))).toEqual([]);
  });

  it('name each victim once', () => {
    const victims = [...new Set(drills.flatMap((drill) => drill.victims))].map(({ name }) => name);
    expect(new Set(victims).size).toBe(victims.length);
  });
});
