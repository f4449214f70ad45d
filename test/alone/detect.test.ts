import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databasesImage, psql, startShop } from '../support/databases.ts';
import { startContainer } from '../support/cleanup.ts';
import { E2eStack, sh } from '../support/e2e-stack.ts';

const PROJECT = 'pharos-det';
const noEngine = process.env['PHAROS_NO_ENGINE'];
let stack: E2eStack;

interface Detection {
  readonly applied: boolean;
  readonly found: readonly { readonly container: string; readonly module: string; readonly state: string }[];
  readonly diff: string;
  readonly files: readonly string[];
  readonly passwords: readonly string[];
  readonly manual: readonly { readonly command: string }[];
}

const json = async (...args: readonly string[]): Promise<Detection> =>
  JSON.parse((await stack.run('detect', '--json', ...args)).stdout) as Detection;
/** Other projects may run on the same engine: only the shop's containers count. */
const ours = ({ found }: Detection): readonly string[] =>
  found
    .filter(({ container }) => container.startsWith(`${PROJECT}-`))
    .map(({ container, module, state }) => `${container} ${module} ${state}`);

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});
beforeAll(async () => {
  if (noEngine !== undefined) return;
  stack = await E2eStack.create(PROJECT);
  await startShop(PROJECT);
}, 300_000);
afterAll(async () => {
  if (noEngine === undefined) await stack.destroy();
}, 60_000);

describe('detect', () => {
  it('prints a diff and writes nothing where nobody can be asked', async () => {
    const before = stack.read('.env');
    const { code, stdout } = await stack.run('detect');
    expect(code).toBe(0);
    expect(stdout).toContain('--- .env\n+++ .env\n');
    expect(stdout).toMatch(/^\+APP_NETWORKS=.*pharos-det-shop/m);
    expect(stdout).toContain(`--- /dev/null\n+++ prometheus/targets/apps/${PROJECT}-shop-app.yml`);
    expect(stdout).toContain(`docker exec -i ${PROJECT}-shop-db psql`);
    expect(stdout).toContain('Nothing was written.');
    expect(stack.read('.env')).toBe(before);
    expect(existsSync(stack.path('secrets'))).toBe(false);
  });

  it('knows databases by their ports and an application by its label, one target each', async () => {
    expect(ours(await json())).toEqual([
      `${PROJECT}-shop-app apps new`,
      `${PROJECT}-shop-cache redis new`,
      `${PROJECT}-shop-db postgres new`,
    ]);
  });

  it('writes settings, target and a password that nobody else can read, and prints the command for the user', async () => {
    const { code, stdout } = await stack.run('detect', '--apply');
    expect(code).toBe(0);
    expect(stdout).toContain('npm run up');
    // Where another project on this engine has a `shop-db` too, the container's own name is the one that leads to it.
    const env = stack.read('.env');
    const instance = /^POSTGRES_INSTANCES=.*?((?:pharos-det-)?shop-db)=postgresql:\/\/pharos_monitor@\1:5432\/postgres\?sslmode=disable/m;
    const secret = `secrets/postgres_${instance.exec(env)?.[1] ?? ''}_password`;
    expect(env).toMatch(instance);
    expect(env).toMatch(/^REDIS_INSTANCES=.*?((?:pharos-det-)?shop-cache)=redis:\/\/\1:6379/m);
    expect(stack.read(`prometheus/targets/apps/${PROJECT}-shop-app.yml`)).toMatch(/- targets: \['(pharos-det-)?shop-app:3000'\]/);
    expect(statSync(stack.path('.env')).mode & 0o777).toBe(0o600);
    expect(statSync(stack.path('secrets')).mode & 0o777).toBe(0o700);
    expect(statSync(stack.path(secret)).mode & 0o777).toBe(0o600);
    expect(stdout).not.toContain(stack.read(secret));

    const command = stdout.split('\n').find((line) => line.includes(`docker exec -i ${PROJECT}-shop-db psql`)) ?? '';
    for (const time of ['first', 'second'])
      expect(await sh(['sh', '-c', command.trim()], { cwd: stack.folder }), time).toMatchObject({ code: 0 });
    expect(
      (
        await psql(
          PROJECT,
          "SELECT pg_has_role('pharos_monitor', 'pg_monitor', 'member'), rolconnlimit FROM pg_roles WHERE rolname = 'pharos_monitor'",
        )
      ).stdout.trim(),
    ).toBe('t|5');
    const login = await sh([
      'docker',
      'exec',
      '-e',
      `PGPASSWORD=${stack.read(secret)}`,
      `${PROJECT}-shop-cache`,
      'psql',
      '-h',
      'shop-db',
      '-U',
      'pharos_monitor',
      '-d',
      'postgres',
      '-Atc',
      'SELECT current_user',
    ]);
    expect(login).toMatchObject({ code: 0, stdout: 'pharos_monitor\n' });
  });

  it('is all that the next up needs: both databases and the application are watched', async () => {
    // What else runs on this engine was found too; it is not this test's to log in to.
    const env = stack.read('.env');
    const own = (key: string): string =>
      (new RegExp(`^${key}='?([^'\\n]*)`, 'm').exec(env)?.[1] ?? '')
        .split(',')
        .filter((item) => /^(pharos-det-)?shop-(db|cache)=/.test(item))
        .join(',');
    stack.set({ APP_NETWORKS: `${PROJECT}-shop`, POSTGRES_INSTANCES: own('POSTGRES_INSTANCES'), REDIS_INSTANCES: own('REDIS_INSTANCES') });
    for (const name of readdirSync(stack.path('prometheus/targets/apps')))
      if (name.endsWith('.yml') && !name.startsWith(PROJECT)) rmSync(stack.path(`prometheus/targets/apps/${name}`));
    const up = await stack.run('up', '--yes');
    expect(up.stderr).toContain('✓ proved');
    const query = encodeURIComponent('sum(pg_up) + sum(redis_up) + sum(up{job="apps"})');
    const { data } = await stack.json<{ data: { result: { value: [number, string] }[] } }>(
      'PROMETHEUS_PORT',
      `/api/v1/query?query=${query}`,
    );
    expect(data.result[0]?.value[1]).toBe('3');
    stack.write('.env', env);
  });

  it('proposes nothing that is watched already', async () => {
    expect(ours(await json()).map((row) => row.split(' ').slice(2).join(' '))).toEqual([
      'watched already',
      'watched already',
      'watched already',
    ]);
    const { diff, passwords } = await json();
    // Another project on this engine may have been started since, and then stands beside ours in a line that changes.
    const named = (sign: string): readonly string[] =>
      diff.split('\n').flatMap((line) => (line.startsWith(sign) ? [...line.matchAll(/pharos-det-[\w-]+/g)].map(([name]) => name) : []));
    expect(named('+')).toEqual(named('-'));
    expect(passwords.filter((name) => /_(pharos-det-)?shop-(db|cache)_/.test(name))).toEqual([]);
  });

  it('leaves a target file of the user’s alone', async () => {
    const path = `prometheus/targets/apps/${PROJECT}-shop-app.yml`;
    stack.write(path, '- targets: [elsewhere:1]\n');
    const { stderr } = await stack.run('detect', '--apply');
    expect(stderr).toContain(`${path}: is there already and is left as it is`);
    expect(stack.read(path)).toBe('- targets: [elsewhere:1]\n');
  });

  it('sees a web server without metrics, and says what to do about one without a network', async () => {
    const script = 'require("http").createServer((q,r)=>{r.statusCode=q.url==="/health"?200:404;r.end("ok")}).listen(8080)';
    for (const [name, network] of [
      ['web', `${PROJECT}-shop`],
      ['lost', 'bridge'],
    ] as const)
      await startContainer(
        PROJECT,
        `${PROJECT}-${name}`,
        '--expose',
        '8080',
        '--network',
        network,
        await databasesImage(),
        'node',
        '-e',
        script,
      );
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const { stdout, stderr } = await stack.run('detect');
    expect(stdout).toContain(`+- targets: ['http://${PROJECT}-web:8080/health']`);
    expect(stderr).toContain(`container ${PROJECT}-lost`);
    expect(stderr).toContain(`docker network connect shop ${PROJECT}-lost`);
  });
});
