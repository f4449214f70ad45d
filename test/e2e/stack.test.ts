import { chmodSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
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
const ruleNames = async (): Promise<readonly string[]> => {
  const { data } = await stack.json<{ data: { groups: { rules: { name: string }[] }[] } }>('PROMETHEUS_PORT', '/api/v1/rules');
  return data.groups.flatMap(({ rules }) => rules.map(({ name }) => name));
};
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
      const script = `fetch("http://docker-socket-proxy:2375${path}",{method:"${method}"}).then(r=>console.log(r.status))`;
      return (await sh(['docker', 'run', '--rm', '--network', network, '--entrypoint', 'node', image, '-e', script])).stdout.trim();
    };
    expect(await ask('GET', '/containers/json')).toBe('200');
    expect(await ask('POST', '/containers/x/stop')).toBe('403');
    expect(await ask('GET', '/secrets')).toBe('403');
    expect(await ask('GET', '/system/df')).toBe('200');
    expect(await ask('POST', '/system/df')).toBe('403');
  });

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
});

describe('test-alert', () => {
  let server: Server;
  const received: string[] = [];

  it('goes the whole way and prints a receipt', async () => {
    const { code, stdout } = await stack.run('test-alert');
    expect(stdout).toMatch(/✓ history +webhook\[0\] +reached after \d+\.\d s, resolved notice sent/);
    expect(code).toBe(0);
  });

  it('says with --dry-run who would be told, and sends nothing', async () => {
    const before = await history('alertname=TestAlert');
    const { code, stdout } = await stack.run('test-alert', '--dry-run', '--severity', 'emergency');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('history') });
    expect((await history('alertname=TestAlert')).alerts.length).toBe(before.alerts.length);
  });

  it('tells a receiver that answers from one that does not', async () => {
    const gateway = /gateway: (\S+)/.exec(stack.read('.effective/compose.yml'))?.[1] ?? '';
    server = createServer((request, response) => {
      received.push(request.url ?? '');
      response.statusCode = request.url === '/good' ? 200 : 500;
      request.resume().on('end', () => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, gateway, resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    stack.set({ WEBHOOK_URL: `http://${gateway}:${port}/good`, NTFY_URL: `http://${gateway}:${port}/bad` });
    expect(await stack.run('up', '--yes')).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await stack.run('test-alert', '--timeout', '15');
    expect(code).toBe(1);
    expect(stdout).toMatch(/✓ critical-team +webhook\[0\] +reached/);
    expect(stdout).toMatch(/✗ critical-team +webhook\[1\] +not reached: .*500/);
    expect(stderr).toContain('receiver critical-team');
    expect(received).toContain('/good');
  });

  it('refuses a severity that does not exist', async () => {
    expect(await stack.run('test-alert', '--severity', 'loud')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('info, warning, critical, emergency'),
    });
  });

  afterAll(async () => {
    if (noEngine !== undefined) return;
    server?.close();
    stack.set({ WEBHOOK_URL: '', NTFY_URL: '' });
    for (const file of ['webhook_url', 'ntfy_url']) rmSync(stack.path(`secrets/${file}`), { force: true });
    await stack.run('up', '--yes');
  });
});

describe('reload', () => {
  const rule = (expr: string): string => `groups:\n  - name: custom\n    rules:\n      - record: custom:answer\n        expr: ${expr}\n`;

  it('brings a new rule into force and proves it', async () => {
    stack.write('prometheus/rules/custom.yml', rule('vector(42)'));
    expect(await stack.run('reload')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('The running configuration is the one on disk.'),
    });
    expect(await ruleNames()).toContain('custom:answer');
  });

  it('refuses a broken one with its file and line, and leaves the running rules alone', async () => {
    const before = { rules: await ruleNames(), containers: await stack.fingerprint() };
    stack.write('prometheus/rules/custom.yml', rule('vector(42) +'));
    const reload = await stack.run('reload');
    expect(reload).toMatchObject({ code: 1, stderr: expect.stringMatching(/prometheus\/rules\/custom\.yml(:\d+)?/) });
    expect({ rules: await ruleNames(), containers: await stack.fingerprint() }).toEqual(before);
    rmSync(stack.path('prometheus/rules/custom.yml'));
    expect((await stack.run('reload')).code).toBe(0);
    expect(await ruleNames()).not.toContain('custom:answer');
  });
});

describe('bad input leaves the running stack alone', () => {
  interface Mistake {
    readonly name: string;
    readonly make: () => void;
    readonly code: number;
    readonly says: readonly (string | RegExp)[];
  }
  const append = (line: string) => (): void => stack.write('.env', `${stack.read('.env')}${line}`);
  const mistakes: readonly Mistake[] = [
    {
      name: 'an unknown key',
      make: append('GRAFANA_PROT=3\n'),
      code: 2,
      says: [/\.env:\d+.*GRAFANA_PROT is not a setting/, 'Did you mean GRAFANA_PORT?'],
    },
    {
      name: 'several mistakes at once',
      make: () => stack.set({ GRAFANA_PORT: 'x', BIND_ADDRESS: 'here', LOKI_RETENTION_DAYS: '0' }),
      code: 2,
      says: ['GRAFANA_PORT', 'BIND_ADDRESS', 'LOKI_RETENTION_DAYS'],
    },
    { name: 'a key twice', make: append('GRAFANA_PORT=3\n'), code: 2, says: [/is set a second time \(first in line \d+\)/] },
    { name: 'an unquoted #', make: append('DEADMAN_URL=http://x/#a\n'), code: 2, says: ['unquoted #', "DEADMAN_URL='…'"] },
    { name: 'an unquoted $', make: append('DEADMAN_URL=http://x/$a\n'), code: 2, says: ['$ outside single quotes'] },
    {
      name: 'Windows line ends',
      make: () => stack.write('.env', stack.read('.env').replaceAll('\n', '\r\n')),
      code: 2,
      says: ['CRLF', "sed -i 's/\\r$//' .env"],
    },
    {
      name: 'a module without its instances',
      make: () => stack.set({ REDIS_INSTANCES: '' }),
      code: 2,
      says: ['REDIS_INSTANCES is empty, but MODULES turns redis on'],
    },
    {
      name: 'a password in an address',
      make: () => stack.set({ REDIS_INSTANCES: 'cache=redis://:s3cret@shop-cache:6379' }),
      code: 2,
      says: ['holds a password', 'secrets/redis_cache_password'],
    },
    {
      name: 'a network that does not exist',
      make: () => stack.set({ APP_NETWORKS: 'shop_nowhere' }),
      code: 2,
      says: ['shop_nowhere', 'does not exist'],
    },
    {
      name: 'an empty secret file',
      make: () => stack.write('secrets/webhook_url', ''),
      code: 2,
      says: ['secrets/webhook_url', 'is empty'],
    },
    {
      name: 'a secret of the wrong shape',
      make: () => stack.set({ PAGERDUTY_ROUTING_KEY: 'short' }),
      code: 2,
      says: ['PAGERDUTY_ROUTING_KEY', '32 letters and digits'],
    },
    {
      name: 'a broken scrape file',
      make: () => stack.write('prometheus/scrape/mine.yml', 'scrape_configs:\n  - job_nam: x\n'),
      code: 1,
      says: ['prometheus/scrape/mine.yml', 'job_nam'],
    },
    {
      name: 'a scrape file that is no YAML',
      make: () => stack.write('prometheus/scrape/mine.yml', 'scrape_configs: [\n'),
      code: 2,
      says: [/prometheus\/scrape\/mine\.yml:\d+/],
    },
    {
      name: 'a target file of the wrong form',
      make: () => stack.write('prometheus/targets/apps/bad.yml', 'targets: [x]\n'),
      code: 2,
      says: ['prometheus/targets/apps/bad.yml', 'target groups'],
    },
    {
      name: 'a route to a receiver that does not exist',
      make: () =>
        stack.write(
          'alertmanager/alertmanager.yml',
          stack.read('alertmanager/alertmanager.yml').replace('receiver: critical-team', 'receiver: nobody'),
        ),
      code: 1,
      says: ['alertmanager', 'nobody'],
    },
    { name: 'an old-style argument', make: () => undefined, code: 2, says: ['Did you mean --yes?'] },
  ];

  it.each(mistakes)('$name', async ({ name, make, code, says }) => {
    const kept = { env: stack.read('.env'), alertmanager: stack.read('alertmanager/alertmanager.yml') };
    const before = { containers: await stack.fingerprint(), config: stack.read('.effective/prometheus/prometheus.yml') };
    make();
    try {
      const up = await stack.run('up', name === 'an old-style argument' ? '--yess' : '--yes');
      expect(up.code).toBe(code);
      for (const text of says) expect(up.stderr).toMatch(text);
      expect(up.stderr).not.toContain('s3cret');
      expect(up.stderr).not.toMatch(/This is a bug|\n {4}at /);
      expect({ containers: await stack.fingerprint(), config: stack.read('.effective/prometheus/prometheus.yml') }).toEqual(before);
    } finally {
      stack.write('.env', kept.env);
      stack.write('alertmanager/alertmanager.yml', kept.alertmanager);
      for (const path of ['secrets/webhook_url', 'prometheus/scrape/mine.yml', 'prometheus/targets/apps/bad.yml'])
        rmSync(stack.path(path), { force: true });
    }
  });

  it('warns of a .env that others can read, and goes on', async () => {
    chmodSync(stack.path('.env'), 0o644);
    const { code, stderr } = await stack.run('validate');
    chmodSync(stack.path('.env'), 0o600);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('chmod 600 .env') });
  });

  it('names who holds a busy port', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const env = stack.read('.env');
    stack.set({ HISTORY_PORT: String(port) });
    const before = await stack.fingerprint();
    const up = await stack.run('up', '--yes');
    stack.write('.env', env);
    server.close();
    expect(up).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(new RegExp(`port 127\\.0\\.0\\.1:${port}.*held by .*\\(pid ${process.pid}\\)`)),
    });
    expect(up.stderr).toContain('HISTORY_PORT');
    expect(await stack.fingerprint()).toBe(before);
  });
});

describe('what goes wrong at the start', () => {
  it('a container that dies ends the wait at once, with its last log lines', async () => {
    stack.write('docker-compose.override.yml', 'services:\n  pushgateway:\n    command: [--no-such-flag]\n');
    const began = Date.now();
    const up = await stack.run('up', '--yes');
    expect(up).toMatchObject({ code: 1, stderr: expect.stringContaining('service pushgateway') });
    expect(up.stderr).toContain('no-such-flag');
    expect(Date.now() - began).toBeLessThan(60_000);
    rmSync(stack.path('docker-compose.override.yml'));
    expect(await stack.run('up', '--yes')).toMatchObject({ code: 0 });
  });

  it.each([300, 1500, 2500])('an interrupt after %i ms says what is done, and the next up heals', async (delay) => {
    // Something to change: half of the services are started anew.
    stack.set({ PUBLIC_HOST: `host-${delay}` });
    const child = spawn(process.execPath, [join(stack.folder, 'scripts/start.mjs'), 'up', '--yes'], {
      cwd: stack.folder,
      env: { ...process.env, NO_COLOR: '1' },
    });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    // On a busy machine Node.js alone takes longer than the shortest delay, and nobody has started anything yet.
    const children = `/proc/${child.pid}/task/${child.pid}/children`;
    await eventually('the command runs', 30, async () => readFileSync(children, 'utf8') !== '');
    await new Promise((resolve) => setTimeout(resolve, delay));
    child.kill('SIGINT');
    const code = await ended;
    if (code !== 0) {
      expect(code).toBe(130);
      expect(stderr).toMatch(/Interrupted\. (Nothing has been changed|The .*configuration)/);
    }
    expect(await stack.run('up', '--yes')).toMatchObject({ code: 0 });
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
