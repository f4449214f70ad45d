import { describe, expect, it } from 'vitest';
import { ruleTestKeys } from '../../../scripts/up/lint-plan.ts';

const RULES = [
  ['prometheus/rules/node.yml', 'node 1'],
  ['prometheus/rules/redis.yml', 'redis 1'],
] as const;
const named = 'rule_files:\n  - ../../prometheus/rules/node.yml\n\ntests: []\n';
const keyOf = (text: string, rules: readonly (readonly [string, string])[] = RULES, image = 'p:1'): string =>
  ruleTestKeys([['test/rules/node.test.yml', text]], rules, image).get('test/rules/node.test.yml') ?? '';
const changed = (path: string) => RULES.map(([name, text]) => [name, name === path ? `${text}!` : text] as const);

describe('ruleTestKeys', () => {
  it('changes with the test, its rules and the image, and with no other rules', () => {
    const key = keyOf(named);
    expect(keyOf(named)).toBe(key);
    expect(keyOf(`${named}# more\n`)).not.toBe(key);
    expect(keyOf(named, changed('prometheus/rules/node.yml'))).not.toBe(key);
    expect(keyOf(named, RULES, 'p:2')).not.toBe(key);
    expect(keyOf(named, changed('prometheus/rules/redis.yml'))).toBe(key);
  });

  it.each([
    ['no rule files', 'tests: []\n'],
    ['a list in one line', 'rule_files: [../../prometheus/rules/node.yml]\n'],
    ['a pattern', 'rule_files:\n  - ../../prometheus/rules/*.yml\n'],
    ['a file beside the test', 'rule_files:\n  - ../../prometheus/rules/node.yml\n  - mine.yml\n'],
  ])('changes with any rule where there is %s', (_, text) => {
    for (const [path] of RULES) expect(keyOf(text, changed(path)), path).not.toBe(keyOf(text));
  });
});
