import { describe, expect, it } from 'vitest';
import { accepts, explainBlindness, type SelectorFacts } from '../../scripts/core/blind.ts';
import { selectorsOf } from '../../scripts/core/promql.ts';

const facts = (expr: string, named: number, selected: number, values: Record<string, string[]> = {}): SelectorFacts[] =>
  selectorsOf(expr).map((selector) => ({ selector, named, selected, values: new Map(Object.entries(values)) }));

describe('explainBlindness', () => {
  it('names a metric that is not there, and who would have it', () => {
    expect(explainBlindness(facts('pg_x > 1', 0, 0), () => [])).toEqual({ kind: 'name missing', why: 'no series pg_x' });
    expect(explainBlindness(facts('pg_x / (pg_x + 1) > 1', 0, 0), () => []).why).toBe('no series pg_x');
    expect(explainBlindness(facts('pg_x > 1', 0, 0), () => ['postgres-exporter']).why).toContain('postgres-exporter has it only where');
  });
  it('names the label that no series has, and the values that there are', () => {
    expect(explainBlindness(facts('a{mode="idle", x="1"}', 4, 0, { mode: ['idle', 'user'], x: ['2', '3'] }), () => [])).toEqual({
      kind: 'label mismatch',
      why: 'a has no x="1", but "2", "3"',
    });
    expect(explainBlindness(facts('a{env="prod"}', 4, 0, { env: [''] }), () => []).why).toBe('a has no label env');
  });
  it('tells of parts that have series and do not go together', () => {
    expect(explainBlindness(facts('a and b', 1, 1), () => [])).toEqual({
      kind: 'parts do not match',
      why: 'a, b have series, but none with the same labels',
    });
  });
});

it.each([
  ['=', 'a', 'a', true],
  ['!=', 'a', 'a', false],
  ['=~', 'a|b', 'ab', false],
  ['=~', 'a|b', 'b', true],
  ['!~', 'tmp.*', 'tmpfs', false],
  ['=~', '5..', '503', true],
] as const)('accepts: %s"%s" and %s → %s', (op, value, actual, taken) => {
  expect(accepts({ label: 'l', op, value }, actual)).toBe(taken);
});
