import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accepts, explainBlindness, nothingToRead, type SelectorFacts } from '../../../scripts/doctor/blind.ts';
import { collectorOff, collectorsOf } from '../../../scripts/doctor/contract-collectors.ts';
import { ROOT } from '../../../scripts/base/files.ts';
import { security } from '../../../scripts/modules/security/index.ts';
import { selectorsOf } from '../../../scripts/rules/selectors.ts';
import { checkedInRules } from '../../drills/shared/limits.ts';

const facts = (expr: string, named: number, selected: number, values: Record<string, string[]> = {}): SelectorFacts[] =>
  selectorsOf(expr).map((selector) => ({ selector, named, selected, values: new Map(Object.entries(values)) }));

describe('explainBlindness', () => {
  it('names a metric that is not there, and who would have it', () => {
    expect(explainBlindness(facts('pg_x > 1', 0, 0), () => [])).toEqual({ kind: 'name missing', why: 'no series pg_x' });
    expect(explainBlindness(facts('pg_x / (pg_x + 1) > 1', 0, 0), () => []).why).toBe('no series pg_x');
    expect(explainBlindness(facts('pg_x > 1', 0, 0), () => ['postgres-exporter']).why).toContain('postgres-exporter has it only if');
  });
  it('names the collector that does not run, where a metric is of one', () => {
    const texts = new Map([
      ['test/contracts/postgres-exporter.json', readFileSync(join(ROOT, 'test/contracts/postgres-exporter.json'), 'utf8')],
    ]);
    const collectors = collectorsOf(texts);
    const off = (running: readonly string[]) => (metric: string) =>
      collectorOff(metric, collectors, new Map([['pg_scrape_collector_success', new Set(running)]]));
    expect(explainBlindness(facts('pg_replication_slot_slot_is_active == 0', 0, 0), () => [], off(['replication', 'locks']))).toEqual({
      kind: 'collector off',
      why: 'no series pg_replication_slot_slot_is_active: the collector replication_slot of postgres-exporter does not run',
    });
    expect(explainBlindness(facts('pg_replication_slot_slot_is_active == 0', 0, 0), () => [], off(['replication_slot'])).kind).toBe(
      'name missing',
    );
    // An exporter that does not answer has none, and that is not what is wrong.
    expect(explainBlindness(facts('pg_locks_count > 1', 0, 0), () => [], off([])).kind).toBe('name missing');
    expect(explainBlindness(facts('pg_settings_x > 1', 0, 0), () => [], off(['locks'])).kind).toBe('name missing');
  });
  it('names the label that no series has, and the values that there are', () => {
    expect(explainBlindness(facts('a{mode="idle", x="1"}', 4, 0, { mode: ['idle', 'user'], x: ['2', '3'] }), () => [])).toEqual({
      kind: 'label mismatch',
      why: 'a has no x="1", but "2", "3"',
    });
    expect(explainBlindness(facts('a{env="prod"}', 4, 0, { env: [''] }), () => []).why).toBe('a has no label env');
  });
  it('reports parts that have series but do not match', () => {
    expect(explainBlindness(facts('a and b', 1, 1), () => [])).toEqual({
      kind: 'parts do not match',
      why: 'a, b have series, but none with the same labels',
    });
  });
});

describe('nothingToRead', () => {
  const without = (readable: boolean) => (metric: string) =>
    readable ? undefined : security.readings?.find(({ metrics }) => metrics.test(metric))?.without;

  it.each(['FailedSSHLogins', 'SSHBruteForce', 'SSHPasswordGuessed', 'RootLogin', 'SudoFailures'])(
    'is said of %s without a log',
    (alert) => {
      const { expr = '' } = checkedInRules().find((rule) => rule.alert === alert) ?? {};
      const [metric = ''] = selectorsOf(expr).map((selector) => selector.metric);
      expect(nothingToRead(expr, without(true))).toBeUndefined();
      expect(nothingToRead(expr, without(false))).toEqual({
        kind: 'nothing to read',
        why: `${metric} is there, but there is no log of logins that can be read`,
      });
    },
  );

  it('is not said of what is read elsewhere', () => {
    expect(nothingToRead('security_updates_pending > 0 and up == 1', without(false))).toBeUndefined();
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
