import { statSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { sh, type E2eStack, type Ended } from '../support/e2e-stack.ts';

interface Inspected {
  readonly Name: string;
  readonly HostConfig: {
    readonly SecurityOpt: string[] | null;
    readonly Memory: number;
    readonly PidsLimit: number | null;
    readonly LogConfig: { readonly Config: Record<string, string> };
  };
  readonly NetworkSettings: { readonly Ports: Record<string, { readonly HostIp: string }[] | null> };
  readonly Mounts: readonly { readonly Source: string }[];
}

const hasImage = async (image: string): Promise<boolean> => (await sh(['docker', 'image', 'inspect', image])).code === 0;

/** The first start of a stack with the settings of a new user. */
export function startChecks(stack: () => E2eStack): void {
  it('npm run demo asks for a running stack first', async () => {
    const { code, stderr } = await stack().run('demo');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/the stack: is not running.*\n.*npm run up/) });
  });

  describe('the first start', () => {
    let up: Ended;
    beforeAll(async () => void (up = await stack().run('up', '--yes')));

    const inspect = async (): Promise<string> => {
      const filter = ['--filter', `label=com.docker.compose.project=${stack().project}`];
      const ids = (await sh(['docker', 'ps', '-aq', ...filter])).stdout.trim().split('\n');
      return (await sh(['docker', 'inspect', ...ids])).stdout;
    };

    it('brings everything up with one command, and proves it', () => {
      expect(up.stderr).toContain('Pre-flight passed. Nothing has been changed yet.');
      expect(up).toMatchObject({ code: 0, stdout: expect.stringContaining('The stack is up and proved') });
      expect(up.stdout).toContain(`http://127.0.0.1:${stack().ports['PROMETHEUS_PORT']}`);
    });

    it('names what is skipped and what was built here, in a line each', async () => {
      for (const [service, image] of [
        ['alloy', 'grafana/alloy:v1.18.1'],
        ['grafana', 'grafana/grafana:13.2.1'],
        ['loki', 'grafana/loki:3.7.6'],
        ['cadvisor', 'ghcr.io/google/cadvisor:0.60.5'],
      ] as const)
        expect(up.stdout.includes(`  ${service}: `), service).toBe(!(await hasImage(image)));
      if (!(await hasImage('prom/prometheus:v3.13.2')))
        expect(up.stdout).toMatch(
          /Built on this host, because no registry could be reached[^]*prometheus: pharos\/prometheus:[\d.]+-debian, from Debian/,
        );
    });

    it('never prints the generated secret, and keeps it from other users and from the engine', async () => {
      const secret = /^GRAFANA_ADMIN_PASSWORD=(.+)$/m.exec(stack().read('.env'))?.[1] ?? '';
      expect(secret.length).toBeGreaterThan(20);
      expect(statSync(stack().path('.env')).mode & 0o777).toBe(0o600);
      expect(statSync(stack().path('secrets')).mode & 0o777).toBe(0o700);
      const effective = await sh(['grep', '-rl', secret, stack().path('.effective'), stack().path('.staging')]);
      const config = await stack().run('config');
      for (const text of [up.stdout, up.stderr, await inspect(), config.stdout, config.stderr]) expect(text).not.toContain(secret);
      expect(effective.stdout).toBe('');
    });

    it('leaves a stack that plain docker compose sees as `status` does', async () => {
      const plain = await sh(['docker', 'compose', 'ps', '--services'], { cwd: stack().folder });
      const status = await stack().run('status', '--json');
      const services = (JSON.parse(status.stdout) as { services: { service: string }[] }).services.map(({ service }) => service);
      expect(plain.stdout.trim().split('\n').sort()).toEqual([...services].sort());
      expect(status.code).toBe(0);
    });

    it('shows the host’s networks without the ends of the containers’ ones', async () => {
      const samples = await stack().prometheus.query('count by (device) ({__name__=~"node_network_(info|receive_bytes_total)"})');
      const devices = samples.map(({ labels }) => labels['device'] ?? '');
      expect(devices).toContain('lo');
      expect(devices.filter((device) => device.startsWith('veth'))).toEqual([]);
    });

    it('runs every service confined, and publishes on loopback only', async () => {
      const containers = JSON.parse(await inspect()) as readonly Inspected[];
      expect(containers.length).toBeGreaterThan(5);
      for (const { Name, HostConfig: host, NetworkSettings, Mounts } of containers) {
        expect(host, Name).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], Privileged: false });
        expect(host.SecurityOpt, Name).toContain('no-new-privileges:true');
        expect(host.Memory, Name).toBeGreaterThan(0);
        expect(host.PidsLimit, Name).toBeGreaterThan(0);
        expect(host.LogConfig.Config['max-size'], Name).toBeDefined();
        const hasSocket = Mounts.some(({ Source }) => Source.endsWith('docker.sock'));
        expect(hasSocket, Name).toBe(Name.includes('docker-socket-proxy'));
        for (const { HostIp } of Object.values(NetworkSettings.Ports).flatMap((bindings) => bindings ?? []))
          expect(HostIp, Name).toBe('127.0.0.1');
      }
    });

    it('keeps the log pipeline’s and the engine’s API read-only', async () => {
      const history = (await sh(['docker', 'ps', '-q', '--no-trunc', '--filter', `name=${stack().project}-history`])).stdout.trim();
      const image = (await sh(['docker', 'inspect', '-f', '{{.Config.Image}}', history])).stdout.trim();
      const container = `/containers/${history}`;
      // The engine decodes and shortens paths: each of these is a container's files, its processes or its input to it.
      const hidden = ['archive?path=/etc/hostname', '%61rchive?path=/etc/hostname', 'expor%74', '%61ttach/ws', 'top', 'json/../archive'];
      const expected = [
        ['GET', '/containers/json', 200],
        ['POST', '/containers/x/stop', 403],
        ['GET', '/secrets', 403],
        ['GET', '/system/df', 200],
        ['POST', '/system/df', 403],
        ['GET', `${container}/json`, 200],
        ...hidden.map((path) => ['GET', `${container}/${path}`, 403] as const),
        ['GET', `/containers//${history}/archive?path=/etc/hostname`, 403],
      ] as const;
      // `fetch` would tidy `..` up before the proxy sees it.
      const script = `for (const [method, path] of ${JSON.stringify(expected)})
        await new Promise((done) => require("http").request({ host: "docker-socket-proxy", port: 2375, method, path }, (answer) => {
          console.log(method, path, answer.statusCode); answer.destroy(); done(); }).end());`;
      const node = ['--entrypoint', 'node', image, '-e', `(async () => {${script}})()`];
      const { stdout } = await sh(['docker', 'run', '--rm', '--network', `${stack().project}_docker-api`, ...node]);
      expect(stdout.trim().split('\n')).toEqual(expected.map((request) => request.join(' ')));
    });

    it('gives the running Grafana a password that was changed in .env', async (context) => {
      if (!(await hasImage('grafana/grafana:13.2.1'))) context.skip('the image of Grafana is not available here');
      stack().set({ GRAFANA_ADMIN_PASSWORD: 'changed-in-the-file' });
      expect(await stack().run('up', '--yes')).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('another administrator password'),
      });
      const authorization = `Basic ${Buffer.from('admin:changed-in-the-file').toString('base64')}`;
      expect((await fetch(stack().url('GRAFANA_PORT', '/api/user'), { headers: { authorization } })).status).toBe(200);
    });
  });

  it('the second start changes nothing', async () => {
    const before = await stack().fingerprint();
    expect(await stack().run('up', '--yes')).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing changed') });
    expect(await stack().fingerprint()).toBe(before);
  });
}
