import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { sourceProblems } from '../../../scripts/rules/all.ts';
import type { Problem } from '../../../scripts/base/problem.ts';
import { neutralised } from '../../../scripts/rules/neutralised.ts';
import { syntaxError } from '../../../scripts/rules/promql.ts';
import { renderSlo } from '../../../scripts/rules/render-slo.ts';
import { renderTree } from '../../../scripts/render/tree.ts';
import { alertRules } from '../../../scripts/rules/files.ts';
import { ruleProblems } from '../../../scripts/rules/invariants.ts';
import { ruleGroups } from '../../dev/mutation/rule-mutants.ts';
import { readSettings } from '../../../scripts/settings/settings.ts';
import { readSloFile } from '../../../scripts/rules/slo-file.ts';
import { ratesOf } from '../../../scripts/rules/slo-indicator.ts';
import { ROOT, readTree } from '../../../scripts/base/files.ts';

const PATH = 'prometheus/slo/shop.yml';
const RUNBOOKS = 'http://127.0.0.1:9095/runbooks';
const readme = (await readTree(ROOT, 'prometheus/slo')).get('prometheus/slo/README.md') ?? '';
const EXAMPLE = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
const MINIMAL = 'service: shop\nslos:\n  - indicator: availability\n    objective: 99.9\n';
const said = (problems: readonly Problem[]): string[] =>
  problems.map(({ severity, place, message, fix }) => `${severity} ${place} ${message} → ${fix ?? ''}`);
const rulesText = (text: string): string =>
  renderSlo(PATH, text, { sources: new Map(), runbooksUrl: RUNBOOKS, retention: '30d' }).rules?.text ?? '';

describe('the rules of an SLO', () => {
  const rules = ruleGroups(rulesText(MINIMAL)).flatMap((group) => group.rules);
  const recorded = (name: string): string => rules.find(({ record }) => record === name)?.expr ?? '';

  it('measure events and errors, with errors alone too, where no good answer was ever given', () => {
    expect(recorded('service:slo_events:rate2m')).toBe('sum(rate(http_request_duration_seconds_count{service="shop"}[2m]))');
    expect(recorded('service:slo_errors:rate2m')).toBe(
      'sum(service:slo_events:rate2m{service="shop",slo="availability"}) - (sum(rate(http_request_duration_seconds_count{service="shop",status_code!~"5.."}[2m]))' +
        ' or 0 * sum(service:slo_events:rate2m{service="shop",slo="availability"}))',
    );
  });

  it('divide the errors of seven windows by the budget, written without the noise of binary fractions', () => {
    const windows = rules.flatMap(({ record = '' }) => /slo_burn_rate:(.*)/.exec(record)?.[1] ?? []);
    expect(windows).toEqual(['5m', '30m', '1h', '2h', '6h', '1d', '3d']);
    for (const window of windows) expect(recorded(`service:slo_burn_rate:${window}`)).toMatch(new RegExp(`\\[${window}\\]\\) / 0\\.001$`));
  });

  it('compare each pair of windows with its burn rate', () => {
    const compared = rules
      .filter(({ alert }) => alert !== undefined)
      .map(({ expr }) => [...expr.matchAll(/rate:(\w+)\{[^}]*\} > ([\d.]+)/g)]);
    expect(compared.map((all) => all.map(([, window, rate]) => `${window} ${rate}`))).toEqual([
      ['1h 14.4', '5m 14.4', '6h 6', '30m 6'],
      ['1d 3', '2h 3', '3d 1', '6h 1'],
    ]);
  });

  it('read the bound of a latency as Prometheus 2 and 3 store it', () => {
    const latency = (seconds: string): string =>
      rulesText(`service: shop\nslos: [{ indicator: latency, seconds: ${seconds}, objective: 99 }]`);
    expect(latency('0.5')).toContain('bucket{service="shop",le="0.5"}');
    expect(latency('1')).toContain('bucket{service="shop",le=~"1([.]0)?"}');
  });

  it('are alerts like those of the files, distinguished by service and slo', () => {
    const text = rulesText(EXAMPLE);
    const alerts = alertRules('slo-shop.yml', text);
    expect(alerts.map(({ alert, labels }) => `${alert} ${labels['service']} ${labels['slo']} ${labels['severity']}`)).toEqual(
      ['availability', 'latency', 'payments'].flatMap((slo) => [
        `SLOBurnRateFast shop ${slo} critical`,
        `SLOBurnRateSlow shop ${slo} warning`,
      ]),
    );
    expect(ruleProblems(alerts.slice(0, 2))).toEqual([]);
    expect(alerts.map(({ annotations }) => annotations['runbook_url'])).toEqual(alerts.map(({ alert }) => `${RUNBOOKS}/apps/${alert}`));
    for (const { expr } of ruleGroups(text).flatMap((group) => group.rules)) expect(syntaxError(expr), expr).toBeUndefined();
    for (const { expr } of alerts) expect(neutralised(expr)).toHaveLength(2);
  });

  it('are evaluated within the minute that npm run up waits for rules', () => {
    const { groups } = parse(rulesText(EXAMPLE)) as { groups: { interval: string }[] };
    expect(groups.map(({ interval }) => interval)).toEqual(['30s', '30s']);
  });

  it('read the budget that is left over the window of the file', () => {
    expect(rulesText(MINIMAL)).toContain('[30d]');
    expect(rulesText(`window: 28d\n${MINIMAL}`)).toContain('[28d]');
  });
});

describe('ratesOf', () => {
  it.each([
    ['a_total', 'sum(rate(a_total[2m]))'],
    ['a_total{x="1"} + (b_total - c_total)', 'sum(rate(a_total{x="1"}[2m])) + (sum(rate(b_total[2m])) - sum(rate(c_total[2m])))'],
  ])('%s', (expr, rate) => {
    expect(ratesOf(expr)).toEqual({ rate });
  });

  it.each([
    'rate(a_total[5m])',
    'sum(a_total)',
    'a_total[5m]',
    '2 * a_total',
    'a_total + 1',
    'a_total / b_total',
    'a_total offset 1d',
    'a + on (x) b',
  ])('refuses %s', (expr) => {
    expect(ratesOf(expr)).toEqual({ wrong: expect.stringContaining('may only add and subtract counters') });
  });

  it('says where an expression is no PromQL', () => {
    expect(ratesOf('a_total{x=}')).toEqual({ wrong: expect.stringMatching(/^is not PromQL from character \d+ on$/) });
    expect(ratesOf(' ')).toEqual({ wrong: expect.any(String) });
  });
});

describe('a file with a mistake', () => {
  const slo = (lines: string): string => `service: shop\nslos:\n  - ${lines.replaceAll('\n', '\n    ')}\n`;
  const own = (lines: string): string => slo(`indicator: payments\nobjective: 99.5\n${lines}`);
  it.each<readonly [string, string, string]>([
    ['service: shop\nslos: [', '2 is not valid YAML', 'Fix the line'],
    ['', '1 does not define a service and its SLOs', 'README.md'],
    ['- a', '1 does not define a service and its SLOs', 'README.md'],
    [MINIMAL.replace('service: shop\n', ''), '1 does not name its service', 'Add service: shop'],
    [MINIMAL.replace('shop', '"sh\\"op"'), '1 does not name its service', 'Add service: shop'],
    [MINIMAL.replace('shop', 'cart'), '1 is for the service cart, but is named shop', 'prometheus/slo/cart.yml'],
    [`${MINIMAL}windows: 30d\n`, '5 "windows" is not known here', 'Did you mean window?'],
    [`${MINIMAL}team: web\n`, '5 "team" is not known here', 'Known are service, window, slos.'],
    [`${MINIMAL}window: 1h\n`, '5 window must be 7d to 90d', 'window: 30d'],
    [`${MINIMAL}window: 365d\n`, '5 window must be 7d to 90d', 'window: 30d'],
    ['service: shop\n', '1 has no list slos', 'README.md'],
    ['service: shop\nslos: []\n', '2 has no list slos', 'README.md'],
    ['service: shop\nslos: [99.9]\n', '2 is not an SLO', '- { indicator: availability, objective: 99.9 }'],
    [slo('objective: 99.9'), '3 does not name its indicator', 'availability, latency'],
    [slo('indicator: Checkout Page\nobjective: 99.9'), '3 does not name its indicator', 'lower-case letters'],
    [`${MINIMAL}  - indicator: availability\n    objective: 99\n`, '5 availability is defined twice', 'Keep one'],
    [slo('indicator: availability'), '3 objective is not a number', 'objective: 99.9'],
    [slo("indicator: availability\nobjective: '99.9'"), '4 objective is not a number', 'objective: 99.9'],
    [slo('indicator: availability\nobjective: 100'), '4 100 % allows no error at all', '99.9 allows'],
    [slo('indicator: availability\nobjective: 0.999'), '4 at 0.999 % even 100 % errors', '99.9 is what 0.999 seems to mean'],
    [slo('indicator: availability\nobjective: 93'), '4 at 93 % even 100 % errors', 'more than 93.1.'],
    [slo('indicator: availability\nobjectiv: 99'), '4 "objectiv" is not known here', 'Did you mean objective?'],
    [slo('indicator: latency\nobjective: 99'), '3 latency needs seconds', 'seconds: 0.5'],
    [slo('indicator: latency\nobjective: 99\nseconds: 500'), '5 latency needs seconds, between 0 and 60', 'seconds: 0.5'],
    [slo('indicator: availability\nobjective: 99\nseconds: 1'), '5 availability takes no seconds', 'Only latency'],
    [slo('indicator: availability\nobjective: 99\ngood: a_total'), '5 availability takes no good', 'another name'],
    [own('good: a_total'), '3 payments has no total', 'Add total: a counter'],
    [own('total: a_total\ngood: 1'), '6 payments has no good', 'Add good: a counter'],
    [own('total: a_total\ngood: sum(rate(a_total[5m]))'), '6 good of payments may only add', 'rate and sum are added'],
    [own('total: a_total{\ngood: b_total'), '5 total of payments is not PromQL', 'rate and sum are added'],
  ])('%j', (text, message, fix) => {
    const { slos, problems } = readSloFile(PATH, text);
    expect(slos).toBeUndefined();
    const found = said(problems);
    expect(
      found.some((line) => line.startsWith(`error ${PATH}:${message}`) && line.includes(fix)),
      found.join('\n'),
    ).toBe(true);
  });

  it('is named with all its mistakes at once, in the order of its lines', () => {
    const text =
      'service: cart\nwindow: 1d\nslos:\n  - indicator: availability\n    objective: 100\n  - indicator: latency\n    objective: 1\n';
    expect(readSloFile(PATH, text).problems.map(({ place }) => place.split(':')[1])).toEqual(['1', '2', '5', '6', '7']);
  });
});

describe('rendering', () => {
  const { plain } = readSettings([], '.env').settings;
  const render = (files: Readonly<Record<string, string>>) =>
    renderTree({
      sources: new Map(Object.entries(files)),
      settings: plain,
      host: { serverName: 'host', gateway: '172.30.0.1' },
      all: [],
      modules: [],
      services: new Set(),
      secretFiles: [],
      alertmanager: (config) => ({ config, secretFiles: [] }) as never,
    });

  it('makes nothing of the folder without a file for a service', () => {
    const { tree, problems } = render({ 'prometheus/slo/README.md': readme });
    expect([...tree.keys()].filter((path) => /slo/.test(path))).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('puts the rules of a service beside the others, and the file itself nowhere', () => {
    const { tree, problems } = render({ [PATH]: EXAMPLE, 'prometheus/slo/README.md': readme });
    expect(problems).toEqual([]);
    expect([...tree.keys()].filter((path) => /slo/.test(path))).toEqual(['prometheus/rules/slo-shop.yml']);
    expect(tree.get('prometheus/rules/slo-shop.yml')).toBe(rulesText(EXAMPLE));
  });

  it('makes no rules of a file with a mistake, and says so', () => {
    const { tree, problems } = render({ [PATH]: MINIMAL.replace('99.9', '100') });
    expect(tree.has('prometheus/rules/slo-shop.yml')).toBe(false);
    expect(said(problems)).toEqual([expect.stringContaining(`error ${PATH}:4 100 % allows no error at all`)]);
  });

  it('does not overwrite rules of the same name', () => {
    const { problems } = render({ [PATH]: MINIMAL, 'prometheus/rules/slo-shop.yml': 'groups: []\n' });
    expect(said(problems)).toEqual([expect.stringMatching(/^error prometheus\/rules\/slo-shop.yml has the name of the rules that /)]);
  });

  it('warns where Prometheus forgets sooner than the window ends', () => {
    const warnings = (retention: string): readonly Problem[] =>
      renderSlo(PATH, MINIMAL, { sources: new Map(), runbooksUrl: RUNBOOKS, retention }).problems;
    expect(warnings('30d')).toEqual([]);
    expect(warnings('5w')).toEqual([]);
    expect(said(warnings('15d'))).toEqual([
      expect.stringMatching(/^warning .* 30 days, but Prometheus keeps 15d → Raise PROMETHEUS_RETENTION/),
    ]);
    expect(warnings('360h')).toHaveLength(1);
  });
});

it('pages of alerts that are made belong to an alert, pages of others still need one', async () => {
  const sources = new Map([...(await readTree(ROOT, 'prometheus')), ...(await readTree(ROOT, 'runbooks'))]);
  const pages = (tree: ReadonlyMap<string, string>): string[] => sourceProblems(tree).map(({ place }) => place);
  expect(pages(sources).filter((place) => place.includes('SLO'))).toEqual([]);
  expect(pages(new Map(sources).set('runbooks/apps/SLOBurnRate.md', ''))).toContain('runbooks/apps/SLOBurnRate.md');
});
