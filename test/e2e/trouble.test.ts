import { spawn } from 'node:child_process';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startShop } from '../support/databases.ts';
import { E2eStack, eventually } from '../support/e2e-stack.ts';

const PROJECT = 'pharos-trouble';
const noEngine = process.env['PHAROS_NO_ENGINE'];
let stack: E2eStack;

const ruleNames = async (): Promise<readonly string[]> => {
  const { data } = await stack.json<{ data: { groups: { rules: { name: string }[] }[] } }>('PROMETHEUS_PORT', '/api/v1/rules');
  return data.groups.flatMap(({ rules }) => rules.map(({ name }) => name));
};

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});
beforeAll(async () => {
  if (noEngine !== undefined) return;
  stack = await E2eStack.create(PROJECT);
  await startShop(PROJECT);
  stack.set({ MODULES: 'apps,redis,pushgateway', APP_NETWORKS: `${PROJECT}-shop`, REDIS_INSTANCES: 'cache=redis://shop-cache:6379' });
  expect(await stack.run('up', '--yes')).toMatchObject({ code: 0 });
});
afterAll(async () => {
  if (noEngine === undefined) await stack.destroy();
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

  it('takes the promises of a service and rules that are seldom evaluated, and does not wait for those', async () => {
    stack.write('prometheus/slo/demo.yml', 'service: demo\nslos:\n  - { indicator: availability, objective: 99.9 }\n');
    stack.write(
      'prometheus/rules/seldom.yml',
      rule('vector(1)').replace('custom\n', 'seldom\n    interval: 1h\n').replace('answer', 'seldom'),
    );
    expect(await stack.run('reload')).toMatchObject({ code: 0 });
    expect(await ruleNames()).toEqual(expect.arrayContaining(['SLOBurnRateFast', 'service:slo_error_budget_left:ratio', 'custom:seldom']));
    for (const path of ['prometheus/slo/demo.yml', 'prometheus/rules/seldom.yml']) rmSync(stack.path(path));
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
      name: 'an address that this host does not have',
      make: () => stack.set({ BIND_ADDRESS: '10.99.99.99' }),
      code: 1,
      says: [/\.env:\d+.*no interface of this host has the address 10\.99\.99\.99/, '127.0.0.1'],
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
