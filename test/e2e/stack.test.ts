import { existsSync, statSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { E2eStack, eventually, sh } from '../support/e2e-stack.ts';
import { psql, startShop } from '../support/databases.ts';

const PROJECT = 'pharos-e2e';
const noEngine = process.env['PHAROS_NO_ENGINE'];
let stack: E2eStack;

interface History {
  readonly alerts: readonly { readonly status: string; readonly instance: string; readonly labels: Record<string, string> }[];
}

const history = async (query: string): Promise<History> => stack.json('HISTORY_PORT', `/api/v1/alerts?${query}`);
const hasImage = async (image: string): Promise<boolean> => (await sh(['docker', 'image', 'inspect', image])).code === 0;

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});
beforeAll(async () => {
  if (noEngine === undefined) stack = await E2eStack.create(PROJECT);
});
afterAll(async () => {
  if (noEngine === undefined) await stack.destroy();
});

describe('a fresh stack', () => {
  it('comes up with one command and proves itself', async () => {
    const up = await stack.run('up', '--yes');
    expect(up.stderr).toContain('Pre-flight passed. Nothing has been changed yet.');
    expect(up).toMatchObject({ code: 0, stdout: expect.stringContaining('The stack is up and proved') });
    expect(up.stdout).toContain(`http://127.0.0.1:${stack.ports['GRAFANA_PORT']}`.replace(/:\d+$/, ''));
  });

  it('says what is left out and what was built here, in a line each', async () => {
    const { stdout } = await stack.run('up', '--yes');
    for (const [service, image] of [
      ['alloy', 'grafana/alloy:v1.18.1'],
      ['grafana', 'grafana/grafana:13.2.1'],
      ['loki', 'grafana/loki:3.7.6'],
      ['cadvisor', 'ghcr.io/google/cadvisor:0.60.5'],
    ] as const) {
      expect(stdout.includes(`  ${service}: `), service).toBe(!(await hasImage(image)));
    }
    if (!(await hasImage('prom/prometheus:v3.13.2')))
      expect(stdout).toMatch(/Built on this host instead of the pinned image[^]*prometheus: pharos\/prometheus:[\d.]+-debian, from Debian/);
  });

  it('never prints the generated secret, and keeps it from other users and from the engine', async () => {
    const up = await stack.run('up', '--yes');
    const secret = /^GRAFANA_ADMIN_PASSWORD=(.+)$/m.exec(stack.read('.env'))?.[1] ?? '';
    expect(secret.length).toBeGreaterThan(20);
    expect(statSync(stack.path('.env')).mode & 0o777).toBe(0o600);
    expect(statSync(stack.path('secrets')).mode & 0o777).toBe(0o700);
    const ids = (await sh(['docker', 'ps', '-aq', '--filter', `label=com.docker.compose.project=${PROJECT}`])).stdout.trim().split('\n');
    const inspected = await sh(['docker', 'inspect', ...ids]);
    const effective = await sh(['grep', '-rl', secret, stack.path('.effective'), stack.path('.staging')]);
    const config = await stack.run('config');
    for (const text of [up.stdout, up.stderr, inspected.stdout, effective.stdout, config.stdout, config.stderr])
      expect(text).not.toContain(secret);
    expect(effective.stdout).toBe('');
  });

  it('is what plain docker compose sees', async () => {
    const plain = await sh(['docker', 'compose', 'ps', '--services'], { cwd: stack.folder });
    const status = await stack.run('status', '--json');
    const services = (JSON.parse(status.stdout) as { services: { service: string }[] }).services.map(({ service }) => service);
    expect(plain.stdout.trim().split('\n').sort()).toEqual([...services].sort());
    expect(status.code).toBe(0);
  });

  it('shows the host’s networks without the ends of the containers’ ones', async () => {
    const query = 'count by (device) ({__name__=~"node_network_(info|receive_bytes_total)"})';
    const { data } = await stack.json<{ data: { result: { metric: { device: string } }[] } }>(
      'PROMETHEUS_PORT',
      `/api/v1/query?query=${encodeURIComponent(query)}`,
    );
    const devices = data.result.map(({ metric }) => metric.device);
    expect(devices).toContain('lo');
    expect(devices.filter((device) => device.startsWith('veth'))).toEqual([]);
  });

  it('runs every service confined, and publishes on loopback only', async () => {
    const ids = (await sh(['docker', 'ps', '-q', '--filter', `label=com.docker.compose.project=${PROJECT}`])).stdout.trim().split('\n');
    const inspected = JSON.parse((await sh(['docker', 'inspect', ...ids])).stdout) as {
      Name: string;
      HostConfig: {
        ReadonlyRootfs: boolean;
        CapDrop: string[] | null;
        SecurityOpt: string[] | null;
        Memory: number;
        PidsLimit: number | null;
        Privileged: boolean;
        Binds: string[] | null;
        LogConfig: { Config: Record<string, string> };
      };
      NetworkSettings: { Ports: Record<string, { HostIp: string }[] | null> };
      Mounts: { Source: string }[];
    }[];
    for (const { Name, HostConfig: host, NetworkSettings, Mounts } of inspected) {
      expect(host, Name).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], Privileged: false });
      expect(host.SecurityOpt, Name).toContain('no-new-privileges:true');
      expect(host.Memory, Name).toBeGreaterThan(0);
      expect(host.PidsLimit, Name).toBeGreaterThan(0);
      expect(host.LogConfig.Config['max-size'], Name).toBeDefined();
      expect(
        Mounts.some(({ Source }) => Source.endsWith('docker.sock')),
        Name,
      ).toBe(Name.includes('docker-socket-proxy'));
      for (const bindings of Object.values(NetworkSettings.Ports))
        for (const { HostIp } of bindings ?? []) expect(HostIp, Name).toBe('127.0.0.1');
    }
  });

  it('keeps the log pipeline’s and the engine’s API read-only', async () => {
    const network = `${PROJECT}_docker-api`;
    const ask = async (method: string, path: string): Promise<string> => {
      const image = (await sh(['docker', 'ps', '--format', '{{.Image}}', '--filter', `name=${PROJECT}-history`])).stdout.trim();
      // `fetch` would tidy `..` up before the proxy sees it.
      const script = `require("http").request({host:"docker-socket-proxy",port:2375,method:"${method}",path:"${path}"},r=>{console.log(r.statusCode);process.exit()}).end()`;
      return (await sh(['docker', 'run', '--rm', '--network', network, '--entrypoint', 'node', image, '-e', script])).stdout.trim();
    };
    expect(await ask('GET', '/containers/json')).toBe('200');
    expect(await ask('POST', '/containers/x/stop')).toBe('403');
    expect(await ask('GET', '/secrets')).toBe('403');
    expect(await ask('GET', '/system/df')).toBe('200');
    expect(await ask('POST', '/system/df')).toBe('403');
    const container = (await sh(['docker', 'ps', '-q', '--no-trunc', '--filter', `name=${PROJECT}-history`])).stdout.trim();
    expect(await ask('GET', `/containers/${container}/json`)).toBe('200');
    // The engine decodes and shortens paths: each of these is a container's files, its processes or its input to it.
    for (const path of ['archive?path=/etc/hostname', '%61rchive?path=/etc/hostname', 'expor%74', '%61ttach/ws', 'top', 'json/../archive'])
      expect(await ask('GET', `/containers/${container}/${path}`), path).toBe('403');
    expect(await ask('GET', `/containers//${container}/archive?path=/etc/hostname`)).toBe('403');
  }, 60_000);

  it('gives the running Grafana a password that was changed in .env', async (context) => {
    if (!(await hasImage('grafana/grafana:13.2.1'))) context.skip('the image of Grafana cannot be had here');
    stack.set({ GRAFANA_ADMIN_PASSWORD: 'changed-in-the-file' });
    expect(await stack.run('up', '--yes')).toMatchObject({ code: 0, stderr: expect.stringContaining('another administrator password') });
    const authorization = `Basic ${Buffer.from('admin:changed-in-the-file').toString('base64')}`;
    expect((await fetch(stack.url('GRAFANA_PORT', '/api/user'), { headers: { authorization } })).status).toBe(200);
  });

  it('changes nothing when it is brought up again', async () => {
    const before = await stack.fingerprint();
    const up = await stack.run('up', '--yes');
    expect(up.code).toBe(0);
    expect(up.stderr).toContain('nothing changed');
    expect(await stack.fingerprint()).toBe(before);
  });
});

describe('a user’s databases and applications', () => {
  beforeAll(async () => {
    if (noEngine === undefined) await startShop(PROJECT);
  });

  it('names the database that refuses the exporter, and the SQL that mends it', async () => {
    await psql(PROJECT, "CREATE ROLE pharos_monitor LOGIN PASSWORD 'right-password'; GRANT pg_monitor TO pharos_monitor");
    stack.set({
      MODULES: 'node,containers,postgres,redis,blackbox,apps,logs,pushgateway',
      APP_NETWORKS: `${PROJECT}-shop`,
      POSTGRES_INSTANCES: 'shop=postgresql://pharos_monitor@shop-db:5432/postgres?sslmode=disable',
      REDIS_INSTANCES: 'cache=redis://shop-cache:6379',
    });
    stack.write('secrets/postgres_shop_password', 'wrong-password');
    const up = await stack.run('up', '--yes');
    expect(up.code).toBe(1);
    expect(up.stderr).toContain('postgres shop');
    expect(up.stderr).toContain('GRANT pg_monitor TO pharos_monitor');
    expect(up.stderr).not.toContain('redis cache');
  });

  it('is content with the right password', async () => {
    stack.write('secrets/postgres_shop_password', 'right-password\n');
    expect(await stack.run('up', '--yes')).toMatchObject({ code: 0 });
    const { data } = await stack.json<{ data: { result: { value: [number, string] }[] } }>(
      'PROMETHEUS_PORT',
      '/api/v1/query?query=sum(pg_up)%2Bsum(redis_up)',
    );
    expect(data.result[0]?.value[1]).toBe('2');
  });

  it('scrapes an application as soon as its file is dropped, without a command', async () => {
    stack.write('prometheus/targets/apps/shop.yml', '- targets: [shop-app:3000]\n  labels: { service: shop-app }\n');
    await eventually('the application is up', 60, async () => {
      const { data } = await stack.json<{ data: { result: { value: [number, string] }[] } }>(
        'PROMETHEUS_PORT',
        '/api/v1/query?query=up%7Bjob%3D%22apps%22%7D',
      );
      return data.result[0]?.value[1] === '1';
    });
  });

  it('tells when Redis stops, and when it is back', async () => {
    await sh(['docker', 'stop', '-t', '1', `${PROJECT}-shop-cache`]);
    await eventually(
      'RedisDown is at the receiver',
      90,
      async () => (await history('alertname=RedisDown&status=firing')).alerts.length === 1,
    );
    await sh(['docker', 'start', `${PROJECT}-shop-cache`]);
    await eventually('RedisDown is resolved', 120, async () => (await history('alertname=RedisDown&status=resolved')).alerts.length === 1);
  });

  it('does not take what the database answered before for an answer to another password', async () => {
    stack.write('secrets/postgres_shop_password', 'wrong-password');
    expect(await stack.run('up', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('postgres shop: refuses pharos_monitor'),
    });
  });
});

describe('down', () => {
  it('keeps the data', async () => {
    expect((await stack.run('down')).code).toBe(0);
    expect(await stack.fingerprint()).toBe('');
    const volumes = await sh(['docker', 'volume', 'ls', '-q', '--filter', `label=com.docker.compose.project=${PROJECT}`]);
    expect(volumes.stdout).toContain('prometheus-data');
  });

  it('asks before it deletes data, and does so only with a yes', async () => {
    expect(await stack.run('down', '--volumes')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect((await stack.run('down', '--volumes', '--yes')).code).toBe(0);
    const volumes = await sh(['docker', 'volume', 'ls', '-q', '--filter', `label=com.docker.compose.project=${PROJECT}`]);
    expect(volumes.stdout).toBe('');
    expect(existsSync(stack.path('.env'))).toBe(true);
  });
});
