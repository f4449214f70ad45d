import { beforeAll, describe, expect, it } from 'vitest';
import type { Sample } from '../../scripts/clients/prometheus.ts';
import { startContainer } from '../support/cleanup.ts';
import { eventually, sh, type E2eStack } from '../support/e2e-stack.ts';

const CADVISOR = 'ghcr.io/google/cadvisor:0.60.5';

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

/** What the module containers shows of this host's containers, in a stack that has it with `CONTAINER_METRICS=engine`. */
export function containerChecks(stack: () => E2eStack): void {
  const project = (): string => stack().project;
  let image: string;

  beforeAll(async () => {
    image = (await sh(['docker', 'inspect', '-f', '{{.Config.Image}}', `${project()}-container-exporter-1`])).stdout.trim();
    const check = (command: string): string[] => [`--health-cmd=${command}`, '--health-interval=1s', '--health-retries=1'];
    // It holds so much memory that what a health check takes for a moment does not count beside it.
    await run('healthy', check('true'), `exec node -e 'const held = Buffer.alloc(128e6, 1); setTimeout(() => held.length, 9e5)'`);
    await run('unhealthy', check('false'), 'sleep 900');
    await run('exited', [], 'exit 3');
    await run(
      'hungry',
      ['--memory=32m', '--memory-swap=32m'],
      "exec node -e 'const all=[];setInterval(()=>all.push(Buffer.alloc(8e6,1)),20)'",
    );
    await run('looping', ['--restart=always'], 'exit 5');
    await run('short', ['--rm'], 'exit 7');
  });

  /** Starts a container of a service that is named as it. */
  async function run(name: string, options: readonly string[], script: string): Promise<void> {
    const label = `com.docker.compose.service=${name}`;
    await startContainer(project(), nameOf(name), '--label', label, ...options, '--entrypoint', 'sh', image, '-c', script);
  }

  const nameOf = (name: string): string => `${project()}-x-${name}`;

  /** Waits until a query gives a value that is right. */
  async function seen(expr: string, right: (value: number) => boolean, seconds = 120): Promise<void> {
    let last: readonly Sample[] = [];
    await eventually('', seconds, async () => {
      last = await stack().prometheus.query(expr);
      return last.some(({ value }) => right(value));
    }).catch(() => {
      throw new Error(`${expr} is ${JSON.stringify(last)} after ${seconds} s`);
    });
  }

  const is = (wanted: number) => (value: number) => value === wanted;

  describe('what the engine knows of containers', () => {
    it('shows health', async () => {
      await seen(`docker_container_health{name="${nameOf('healthy')}",health="healthy"}`, is(1));
      await seen(`docker_container_health{name="${nameOf('unhealthy')}",health="unhealthy"}`, is(1));
      await seen(`container_health_state{name="${nameOf('healthy')}"}`, is(1));
      await seen(`container_health_state{name="${nameOf('unhealthy')}"}`, is(0));
    });

    it('shows the exit code of a container that ended, and no figures of it', async () => {
      await seen(`docker_container_last_exit_code{name="${nameOf('exited')}",container_label_com_docker_compose_service="exited"}`, is(3));
      await seen(`docker_container_state{name="${nameOf('exited')}",state="exited"}`, is(1));
      await seen(`docker_container_oom_killed{name="${nameOf('exited')}"}`, is(0));
      expect(await stack().prometheus.query(`container_last_seen{name="${nameOf('exited')}"}`)).toEqual([]);
    });

    it('shows a kill for memory', async () => {
      await seen(`docker_container_oom_killed{name="${nameOf('hungry')}"}`, is(1));
      await seen(`docker_container_last_exit_code{name="${nameOf('hungry')}"}`, is(137));
      await seen(`time() - docker_container_last_oom_kill_timestamp_seconds{name="${nameOf('hungry')}"}`, (age) => age >= 0 && age < 300);
      await seen('docker_container_oom_kills_total{container_label_com_docker_compose_service="hungry"}', (kills) => kills >= 1);
    });

    it('counts restarts that no scrape would see', async () => {
      await seen(`docker_container_restarts_total{name="${nameOf('looping')}"}`, (restarts) => restarts >= 4);
      await seen('docker_container_exits_total{container_label_com_docker_compose_service="looping",exit_code="5"}', (exits) => exits >= 4);
      await seen(`docker_container_last_exit_code{name="${nameOf('looping')}"}`, is(5));
    });

    it('counts a container that came and went between two scrapes', async () => {
      expect((await sh(['docker', 'inspect', nameOf('short')])).code).not.toBe(0);
      await seen('docker_container_starts_total{container_label_com_docker_compose_service="short"}', is(1));
      await seen('docker_container_exits_total{container_label_com_docker_compose_service="short",exit_code="7"}', is(1));
    });

    it('alerts on the kill and on the exit', async () => {
      const fires = async (alertname: string, name: string): Promise<void> =>
        eventually(`${alertname} fires for ${name}`, 90, async () =>
          (await stack().prometheus.alerts()).some(
            ({ labels, state }) => labels['alertname'] === alertname && labels['name'] === name && state === 'firing',
          ),
        );
      await fires('ContainerOOMKilled', nameOf('hungry'));
      await fires('ContainerExitedWithError', nameOf('exited'));
    });

    it('logs JSON, and nothing else', async () => {
      const { stdout, stderr } = await sh(['docker', 'logs', `${project()}-container-exporter-1`]);
      expect(stderr).toBe('');
      const lines = stdout.trim().split('\n');
      expect(lines.map((line) => (JSON.parse(line) as { level?: string }).level)).toContain('info');
    });

    it('describes the engine', async () => {
      const version = (await sh(['docker', 'version', '-f', '{{.Server.Version}}'])).stdout.trim();
      await seen(`docker_engine_info{version="${version}"}`, is(1));
      const running = (await sh(['docker', 'ps', '-q', '--filter', 'status=running'])).stdout.trim().split('\n').length;
      // Other containers of this host come and go meanwhile.
      await seen('docker_engine_containers{state="running"}', (count) => Math.abs(count - running) <= 5);
      await seen('docker_engine_disk_usage_bytes{type="images"}', (bytes) => bytes > 10e6);
      await seen('time() - docker_engine_disk_usage_timestamp_seconds', (age) => age < 320);
    });
  });

  describe('a target that is away', () => {
    const serve = (name: string): string =>
      `exec node -e 'require("http").createServer((_, r) => r.end("shop 1\\n")).listen(3000)' ${name}`;

    beforeAll(async () => {
      for (const name of ['deployed', 'crashed']) await run(name, ['--network', `${project()}_monitoring`], serve(name));
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
      const deployments = (await stack().prometheus.alerts()).filter(({ labels }) => labels['alertname'] === 'DeploymentInProgress');
      expect(deployments.map(({ labels }) => labels['target_host'])).toEqual([nameOf('deployed')]);
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

  interface Held {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly status: { readonly state: string };
  }

  /** What Alertmanager holds about a target. */
  async function heldShop(instance: string): Promise<Held | undefined> {
    const held = await stack().json<readonly Held[]>('ALERTMANAGER_PORT', '/api/v2/alerts');
    return held.find(({ labels }) => labels['alertname'] === 'ShopDown' && labels['instance'] === instance);
  }

  describe('an engine that is gone for a while', () => {
    const proxy = (): string => `${project()}-docker-socket-proxy-1`;
    const starts = async (): Promise<string> =>
      (await sh(['docker', 'inspect', '-f', '{{.Id}} {{.State.StartedAt}} {{.RestartCount}}', `${project()}-container-exporter-1`])).stdout;

    it('is a metric and no crash, and what happened meanwhile is counted afterwards', async () => {
      const before = await starts();
      await sh(['docker', 'stop', '-t', '1', proxy()]);
      await seen('docker_engine_up', is(0));
      await run('meanwhile', ['--rm'], 'exit 0');
      // The state of containers is unknown while the engine does not answer.
      await eventually('states are gone', 40, async () => (await stack().prometheus.query('docker_container_state')).length === 0);
      await sh(['docker', 'start', proxy()]);
      await seen('docker_engine_up', is(1));
      await seen('docker_container_exits_total{container_label_com_docker_compose_service="meanwhile",exit_code="0"}', is(1));
      await seen(`docker_container_health{name="${nameOf('healthy')}",health="healthy"}`, is(1));
      expect(await starts()).toBe(before);
    });

    it('that hangs is seen too', async () => {
      const before = await starts();
      await sh(['docker', 'pause', proxy()]);
      await seen('docker_engine_up', is(0));
      await sh(['docker', 'unpause', proxy()]);
      await seen('docker_engine_up', is(1));
      expect(await starts()).toBe(before);
    });
  });

  describe('where cAdvisor runs', () => {
    const figures = (): string => `{__name__=~"container_.*",name="${nameOf('healthy')}"}`;
    const shape = ({ labels }: Sample): string =>
      `${labels['__name__']} ${Object.keys(labels).sort().join(',')} ${labels['id']} ${labels['image']}`;
    const fixed = (samples: readonly Sample[], name: string): number | undefined =>
      samples.find(({ labels }) => labels['__name__'] === name)?.value;

    it('gives the figures under the same names and labels, and the exporter none: never both', async (context) => {
      if ((await sh(['docker', 'image', 'inspect', CADVISOR])).code !== 0) context.skip('the image of cAdvisor is not available here');
      await seen(`container_cpu_usage_seconds_total{name="${nameOf('healthy')}"}`, (value) => value > 0);
      const engine = await stack().prometheus.query(figures());
      stack().set({ CONTAINER_METRICS: 'cadvisor' });
      const up = await stack().run('up', '--yes');
      expect(up.code, up.stdout + up.stderr).toBe(0);
      await seen(`container_cpu_usage_seconds_total{name="${nameOf('healthy')}",service="cadvisor"}`, (value) => value > 0);
      await seen('count(container_last_seen{service="container-exporter"}) or vector(0)', is(0));
      await seen(`docker_container_health{name="${nameOf('healthy')}",health="healthy"}`, is(1));
      const cadvisor = await stack().prometheus.query(figures());
      expect(engine.length).toBeGreaterThan(20);
      expect(new Set(engine.map(({ labels }) => labels['service']))).toEqual(new Set(['container-exporter']));
      expect(new Set(cadvisor.map(({ labels }) => labels['service']))).toEqual(new Set(['cadvisor']));
      // cAdvisor's block I/O is off in this stack.
      const shapes = new Set(cadvisor.map(shape));
      expect(engine.map(shape).filter((name) => !name.startsWith('container_fs_') && !shapes.has(name))).toEqual([]);
      expect(fixed(engine, 'container_spec_memory_limit_bytes')).toBe(fixed(cadvisor, 'container_spec_memory_limit_bytes'));
      expect(Math.floor(fixed(engine, 'container_start_time_seconds') ?? 0)).toBe(fixed(cadvisor, 'container_start_time_seconds'));
      const memory = 'container_memory_working_set_bytes';
      expect((fixed(engine, memory) ?? 0) / (fixed(cadvisor, memory) ?? 1)).toBeCloseTo(1, 0);
    });
  });
}
