import { beforeAll, describe, expect, it } from 'vitest';
import type { Sample } from '../../scripts/clients/prometheus.ts';
import { eventually, sh, type E2eStack } from '../support/e2e-stack.ts';
import { is, servicesOf } from '../support/services-of.ts';

const CADVISOR = 'ghcr.io/google/cadvisor:0.60.5';

/** What the module containers shows of this host's containers, in a stack that has it with `CONTAINER_METRICS=engine`. */
export function containerChecks(stack: () => E2eStack): void {
  const project = (): string => stack().project;
  const { nameOf, run, seen } = servicesOf(stack);

  beforeAll(async () => {
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
