import { beforeAll, describe, expect, it } from 'vitest';
import { eventually, sh, type E2eStack } from '../support/e2e-stack.ts';
import { is, servicesOf } from '../support/services-of.ts';

/** A user's own alert, which deployments hold back because of its name. */
const SHOP_DOWN = `groups:
  - name: shop
    interval: 5s
    rules:
      - alert: ShopDown
        expr: up{job="shop"} == 0
        for: 10s
        labels: { severity: critical, category: application }
        annotations: { summary: The shop is down, description: It is down., impact: No one can buy., runbook_url: 'http://shop/runbook' }
`;
const SHOP_TEST = `rule_files: [../../prometheus/rules/shop.yml]
tests:
  - input_series: [{ series: 'up{job="shop"}', values: 0x20 }]
    interval: 15s
    alert_rule_test:
      - eval_time: 1m
        alertname: ShopDown
        exp_alerts:
          - exp_labels: { job: shop, severity: critical, category: application }
            exp_annotations: { summary: The shop is down, description: It is down., impact: No one can buy., runbook_url: 'http://shop/runbook' }
  - input_series: [{ series: 'up{job="shop"}', values: 1x20 }]
    interval: 15s
    alert_rule_test: [{ eval_time: 1m, alertname: ShopDown, exp_alerts: [] }]
`;

interface Held {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly status: { readonly state: string };
}

/** What a deployment holds back, in a stack that has the module containers. */
export function deploymentChecks(stack: () => E2eStack): void {
  describe('a target that is away', () => {
    const { nameOf, run, seen } = servicesOf(stack);
    const serve = (name: string): string =>
      `exec node -e 'require("http").createServer((_, r) => r.end("shop 1\\n")).listen(3000)' ${name}`;

    beforeAll(async () => {
      for (const name of ['deployed', 'crashed']) await run(name, ['--network', `${stack().project}_monitoring`], serve(name));
      const targets = ['deployed', 'crashed'].map((name) => `{ targets: ['${nameOf(name)}:3000'], labels: { instance: ${name} } }`);
      stack().write(
        'prometheus/scrape/shop.yml',
        `scrape_configs:\n  - job_name: shop\n    fallback_scrape_protocol: PrometheusText0.0.4\n    static_configs: [${targets.join(', ')}]\n`,
      );
      stack().write('prometheus/rules/shop.yml', SHOP_DOWN);
      stack().write('test/rules/shop.test.yml', SHOP_TEST);
      const { code, stdout, stderr } = await stack().run('reload');
      expect(code, stdout + stderr).toBe(0);
      for (const name of ['deployed', 'crashed']) await seen(`up{job="shop",instance="${name}"}`, is(1));
    });

    it('is held back after docker stop, and not after SIGKILL', async () => {
      await sh(['docker', 'stop', '-t', '1', nameOf('deployed')]);
      await sh(['docker', 'kill', nameOf('crashed')]);
      await eventually('Alertmanager has judged both', 90, async () => {
        const [deployed, crashed] = [await heldShop('deployed'), await heldShop('crashed')];
        return deployed?.status.state === 'suppressed' && crashed?.status.state === 'active';
      });
      expect((await heldShop('deployed'))?.annotations['description']).toMatch(
        /^It is down\. It did not come back after a deployment at 20\d\d-/,
      );
      expect((await heldShop('crashed'))?.annotations['description']).toBe('It is down.');
      const alerts = await stack().prometheus.alerts();
      const deployed = alerts
        .filter(({ labels }) => labels['alertname'] === 'DeploymentInProgress')
        .map(({ labels }) => labels['target_host']);
      // The reload that made both a target replaced services of the stack itself.
      expect(deployed).toContain(nameOf('deployed'));
      expect(deployed).not.toContain(nameOf('crashed'));
    });

    it('shows what replaced it', async () => {
      await sh(['docker', 'start', nameOf('deployed')]);
      const service = 'container_label_com_docker_compose_service="deployed"';
      await seen(`docker_service_replaced_info{${service},replaced_by="${nameOf('deployed')}"}`, is(1));
      await seen(`up{job="shop",instance="deployed"}`, is(1));
      await seen('docker_container_unplanned_exits_total{container_label_com_docker_compose_service="crashed"}', is(1));
      await seen('docker_container_unplanned_exits_total{container_label_com_docker_compose_service="deployed"}', is(0));
    });
  });

  /** What Alertmanager holds about a target. */
  async function heldShop(instance: string): Promise<Held | undefined> {
    const held = await stack().json<readonly Held[]>('ALERTMANAGER_PORT', '/api/v2/alerts');
    return held.find(({ labels }) => labels['alertname'] === 'ShopDown' && labels['instance'] === instance);
  }
}
