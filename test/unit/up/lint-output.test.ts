import { describe, expect, it } from 'vitest';
import { lintProblems, onceEach } from '../../../scripts/up/lint-output.ts';
import { error } from '../../../scripts/base/problem.ts';

const found = (title: string, subject: string, output: string): string[] =>
  lintProblems(title, subject, output).map(({ place, message }) => `${place} | ${message}`);

describe('lintProblems', () => {
  it('reads promtool’s findings, several files at once', () => {
    const output = `Checking /etc/prometheus/prometheus.yml
  SUCCESS: 2 rule files found
 SUCCESS: /etc/prometheus/prometheus.yml is valid prometheus config file syntax

Checking /etc/prometheus/rules/c2.yml
Checking /etc/prometheus/rules/custom.yml
  FAILED:
/etc/prometheus/rules/c2.yml: 5:15: group "c", rule 1, "a": could not parse expression: 1:13: parse error: unexpected end of input
  FAILED:
/etc/prometheus/rules/custom.yml: yaml: unmarshal errors:
  line 7: field exp not found in type rulefmt.Rule
`;
    expect(found('promtool', 'prometheus/prometheus.yml', output)).toEqual([
      'prometheus/rules/c2.yml:5 | promtool: group "c", rule 1, "a": could not parse expression: 1:13: parse error: unexpected end of input',
      'prometheus/rules/custom.yml:7 | promtool: field exp not found in type rulefmt.Rule',
    ]);
  });

  it('reports each failed rule test once, with the first expectation that is not met', () => {
    const failed = (name: string, at: string): string =>
      `    name: ${name},\n    alertname: A, time: ${at}, \n        exp:[], \n        got:[\n            0:`;
    const output = `Unit Testing:  /stack/test/rules/a.test.yml\n  FAILED:\n${failed('A fires', '1m')}\n${failed('A fires', '2m')}\n${failed('A ends', '5m')}\n`;
    expect(found('promtool test rules', 'test/rules', output)).toEqual([
      expect.stringMatching(/^test\/rules \| promtool test rules: A fires\n +alertname: A, time: 1m,(?![^]*2m)/),
      expect.stringMatching(/^test\/rules \| promtool test rules: A ends\n +alertname: A, time: 5m,/),
    ]);
  });

  it('names the test of a state that is not met: promtool repeats only its expression', () => {
    const state = (alert: string, at: string): string =>
      `    expr: "ALERTS{alertname=\\"${alert}\\", alertstate=\\"firing\\"} # fires although a scrape is lost", time: ${at},\n        exp: {a="b"} 1E+00\n        got: nil\n`;
    expect(found('promtool test rules', 'test/rules', `  FAILED:\n${state('A', '5m')}${state('B', '1h')}`)).toEqual([
      expect.stringMatching(/^test\/rules \| promtool test rules: A fires although a scrape is lost\n +alertname: A, time: 5m,/),
      expect.stringMatching(/^test\/rules \| promtool test rules: B fires although a scrape is lost\n +alertname: B, time: 1h,/),
    ]);
  });

  it('passes over target files that do not exist yet, and over a line that promtool does not know', () => {
    const output = `Checking /etc/prometheus/prometheus.yml
  WARNING: file "/etc/prometheus/targets/apps/*.yml" for file_sd in scrape job "apps" does not exist
 SUCCESS: /etc/prometheus/prometheus.yml is valid prometheus config file syntax

Checking /etc/prometheus/rules/shop.yml
  FAILED:
/etc/prometheus/rules/shop.yml: 0:0: group "shop", rule 1, "ShopClosed": field 'expr' must be set in rule
`;
    expect(found('promtool', 'prometheus/prometheus.yml', output)).toEqual([
      `prometheus/rules/shop.yml | promtool: group "shop", rule 1, "ShopClosed": field 'expr' must be set in rule`,
    ]);
  });

  it('reads a scrape file that promtool cannot load', () => {
    const output = `Checking /etc/prometheus/prometheus.yml

  FAILED: error loading scrape configs: "/etc/prometheus/scrape/mine.yml": yaml: unmarshal errors:
  line 2: field job_nam not found in type config.ScrapeConfig
`;
    expect(found('promtool', 'prometheus/prometheus.yml', output)).toEqual([
      'prometheus/scrape/mine.yml:2 | promtool: field job_nam not found in type config.ScrapeConfig',
    ]);
  });

  it('reads amtool in both orders of its streams', () => {
    expect(
      found(
        'amtool',
        'alertmanager/alertmanager.yml',
        `Checking '/etc/alertmanager/alertmanager.yml'  FAILED: undefined receiver "nobody" used in route\n\namtool: error: failed to validate 1 file(s)\n`,
      ),
    ).toEqual(['alertmanager/alertmanager.yml | amtool: undefined receiver "nobody" used in route']);
    expect(
      found(
        'amtool',
        'alertmanager/alertmanager.yml',
        `Checking '/etc/alertmanager/alertmanager.yml'amtool: error: failed to validate 1 file(s)\n\n  FAILED: unknown unit "x" in duration "10x"\n`,
      ),
    ).toEqual(['alertmanager/alertmanager.yml | amtool: unknown unit "x" in duration "10x"']);
  });

  it('reads Loki and Alloy', () => {
    expect(
      found(
        'loki',
        'loki/loki.yml',
        'failed parsing config: /etc/loki/loki.yml: yaml: unmarshal errors:\n  line 49: field retention_perio not found in type validation.plain.\n',
      ),
    ).toEqual(['loki/loki.yml:49 | loki: field retention_perio not found in type validation.plain.']);
    expect(
      found(
        'alloy',
        'loki/alloy/config.alloy',
        'Error: /etc/alloy/config.alloy:49:2: unrecognized attribute name "forward_too"\n\nError: validation failed\n',
      ),
    ).toEqual(['loki/alloy/config.alloy:49 | alloy: unrecognized attribute name "forward_too"']);
  });

  it('keeps what it does not understand', () => {
    expect(found('tool', 'a/b.yml', 'panic: no')).toEqual(['a/b.yml | tool: panic: no']);
    expect(found('tool', 'a/b.yml', '')).toEqual(['a/b.yml | tool: is rejected without a message']);
  });
});

it('onceEach reports findings of two runs once, on the line of the first', () => {
  const at = (place: string, message: string) => error(place, message);
  const first = at('alertmanager/alertmanager.yml:31', 'field routs not found');
  const other = at('prometheus/rules/a.yml:5', 'parse error');
  expect(
    onceEach([
      first,
      other,
      at('alertmanager/alertmanager.yml:21', 'field routs not found'),
      at('prometheus/rules/b.yml:5', 'parse error'),
    ]),
  ).toEqual([first, other, at('prometheus/rules/b.yml:5', 'parse error')]);
});
