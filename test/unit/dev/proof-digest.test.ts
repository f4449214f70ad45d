import { describe, expect, it } from 'vitest';
import { proofSubjects, type ProofSources } from '../../dev/proof/digest.ts';
import { PROOFS } from '../../dev/proof/lock.ts';

const RULES = `groups:
  - name: shop
    interval: 5s
    rules:
      - { record: 'shop:orders', expr: 'rate(orders_total[5m])' }
      - alert: ShopDown
        # Twenty seconds are two scrapes.
        expr: up == 0
        for: 20s
        labels: { severity: critical }
        annotations: { summary: '{{ $labels.instance }} is down' }
  - name: orders
    rules:
      - { alert: NoOrders, expr: shop:orders == 0, labels: { severity: warning } }
`;
const TESTS = `tests:
  - name: down
    interval: 5s
    input_series: [{ series: up, values: 0x60 }]
    alert_rule_test:
      - { eval_time: 1m, alertname: ShopDown, exp_alerts: [{ exp_labels: { severity: critical }, exp_annotations: { summary: a is down } }] }
  - name: orders
    input_series: [{ series: orders_total, values: 1x60 }]
    alert_rule_test: [{ eval_time: 1m, alertname: NoOrders, exp_alerts: [] }]
`;
const SCRAPE = 'scrape_configs: [{ job_name: shop }]\n';
const COMPOSE = 'services: { shop-exporter: { image: "shop/exporter:v1", mem_limit: 32m } }\n';
const ALERTMANAGER = `global: { resolve_timeout: 5m, smtp_from: a@b }
route: { receiver: history, group_wait: 10s }
receivers: [{ name: history }]
inhibit_rules: []
`;

interface Texts {
  readonly rules?: string;
  readonly tests?: string;
  readonly global?: string;
  readonly scrape?: string;
  readonly compose?: string;
  readonly alertmanager?: string;
  readonly drill?: string;
}

const sourcesOf = (texts: Texts): ProofSources => ({
  rules: new Map([
    ['prometheus/rules/shop.yml', texts.rules ?? RULES],
    ['prometheus/rules/node.yml', 'groups: [{ name: node, rules: [{ alert: ServerDown, expr: up == 0 }] }]'],
    ['prometheus/slo/apps.yml', 'groups: [{ name: slo, rules: [{ alert: SLOBurnRateFast, expr: up == 0 }] }]'],
  ]),
  tests: new Map([['test/rules/shop.test.yml', texts.tests ?? TESTS]]),
  scrape: new Map([
    ['prometheus/prometheus.yml', texts.global ?? 'global: { scrape_interval: 15s }'],
    ['prometheus/scrape/shop.yml', texts.scrape ?? SCRAPE],
  ]),
  compose: new Map([['exporters/shop/compose.yml', texts.compose ?? COMPOSE]]),
  alertmanager: texts.alertmanager ?? ALERTMANAGER,
  drills: new Map([
    ['ShopDown', { faults: ['shop stopped'], source: texts.drill ?? 'stop' }],
    ['ServerDown', { faults: ['server stopped'], source: 'stop' }],
  ]),
});

/** Which proofs do not hold any more after a change. */
function stale(texts: Texts): readonly string[] {
  const now = new Map(proofSubjects(sourcesOf(texts)).map(({ alert, digests }) => [alert, digests]));
  return proofSubjects(sourcesOf({})).flatMap(({ alert, digests }) =>
    PROOFS.flatMap((proof) => (digests[proof] === now.get(alert)?.[proof] ? [] : [`${alert} ${proof}`])),
  );
}

describe('proofSubjects', () => {
  it('knows what needs which proof', () => {
    const kinds = proofSubjects(sourcesOf({})).map(({ alert, digests }) => [alert, ...Object.keys(digests)].join(' '));
    // What is recorded fires nothing, and what is made of promises is neither mutated nor part of the fleet.
    expect(kinds).toEqual([
      'shop:orders mutants',
      'ShopDown mutants fleet drills',
      'NoOrders mutants fleet',
      'ServerDown mutants fleet drills',
      'SLOBurnRateFast',
    ]);
  });

  it('lets one edited rule make exactly that alert stale', () => {
    const all = ['ShopDown mutants', 'ShopDown fleet', 'ShopDown drills'];
    expect(stale({ rules: RULES.replace('up == 0', 'up == 1') })).toEqual(all);
    expect(stale({ rules: RULES.replace('for: 20s', 'for: 30s') })).toEqual(all);
    expect(stale({ rules: RULES.replace('severity: critical', 'severity: warning') })).toEqual(all);
    expect(stale({ rules: RULES.replace('{{ $labels.instance }} is', '{{ $labels.job }} is') })).toEqual(all);
  });

  it('ignores comments, order, and words that are only for people', () => {
    expect(stale({ rules: RULES.replace('Twenty seconds are two scrapes', 'Why not') })).toEqual([]);
    expect(stale({ rules: RULES.replace('is down', 'does not answer') })).toEqual([]);
    expect(stale({ rules: RULES.replace('name: shop', 'name: shops') })).toEqual([]);
    expect(stale({ tests: TESTS.replace('a is down', 'a does not answer').replace('name: down', 'name: is down') })).toEqual([]);
    expect(stale({ alertmanager: `# Routes\n${ALERTMANAGER.replace('a@b', 'b@c')}` })).toEqual([]);
    expect(stale({ compose: COMPOSE.replace('32m', '64m') })).toEqual([]);
  });

  it('follows a group’s interval, and the recorded metrics that an alert reads', () => {
    expect(stale({ rules: RULES.replace('interval: 5s', 'interval: 15s') })).toContain('ShopDown drills');
    expect(stale({ rules: RULES.replace('[5m]', '[9m]') })).toEqual(['shop:orders mutants', 'NoOrders mutants', 'NoOrders fleet']);
  });

  it('makes every drill stale with another route', () => {
    const all = ['ShopDown drills', 'ServerDown drills'];
    expect(stale({ alertmanager: ALERTMANAGER.replace('10s', '30s') })).toEqual(all);
    expect(stale({ alertmanager: ALERTMANAGER.replace('[]', '[{ equal: [instance] }]') })).toEqual(all);
    expect(stale({ alertmanager: ALERTMANAGER.replace('5m', '9m') })).toEqual(all);
  });

  it('tries mutants again for changed tests, and only drills for a changed drill', () => {
    expect(stale({ tests: TESTS.replace('values: 0x60', 'values: 0x90') })).toEqual(['shop:orders mutants', 'ShopDown mutants']);
    const state = '  - promql_expr_test: [{ expr: \'ALERTS{alertname="NoOrders"}\', eval_time: 1m, exp_samples: [] }]\n';
    expect(stale({ tests: TESTS + state })).toEqual(['shop:orders mutants', 'NoOrders mutants']);
    expect(stale({ drill: 'kill' })).toEqual(['ShopDown drills']);
  });

  it('proves the alerts of a module again with another exporter, another job or another scrape interval', () => {
    const ofShop = ['ShopDown fleet', 'ShopDown drills', 'NoOrders fleet'];
    expect(stale({ compose: COMPOSE.replace('v1', 'v2') })).toEqual(ofShop);
    expect(stale({ scrape: SCRAPE.replace('job_name: shop', 'job_name: shop, scrape_interval: 60s') })).toEqual(ofShop);
    expect(stale({ global: 'global: { scrape_interval: 30s }' })).toEqual([...ofShop, 'ServerDown fleet', 'ServerDown drills']);
  });
});
