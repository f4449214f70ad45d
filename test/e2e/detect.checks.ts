import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { modules } from '../../scripts/modules/index.ts';
import { startContainer } from '../support/cleanup.ts';
import { databasesImage, psql, startShop } from '../support/databases.ts';
import { eventually, sh, type E2eStack } from '../support/e2e-stack.ts';
import { startGuideApps } from '../support/guide-apps.ts';

interface Detection {
  readonly found: readonly { readonly container: string; readonly module: string; readonly state: string }[];
  readonly diff: string;
  readonly passwords: readonly string[];
}

/** `detect` in a running stack, with a user's databases, and the applications of the guide, on a network of their own. */
export function detectChecks(stack: () => E2eStack): void {
  const network = (): string => `${stack().project}-shop`;
  const name = (container: string): string => `${stack().project}-${container}`;
  /** A name of the shop as it stands in `.env`: where another project has it too, the container's own leads to it. */
  const named = (service: string): string => `(?:${stack().project}-)?${service}`;
  const json = async (): Promise<Detection> => JSON.parse((await stack().run('detect', '--json')).stdout) as Detection;
  /** Other projects may run on the same engine: only this project's containers count. */
  const ours = ({ found }: Detection): readonly string[] =>
    found
      .filter(({ container }) => container.startsWith(name('')))
      .map(({ container, module, state }) => `${container.slice(name('').length)} ${module} ${state}`)
      .sort();
  const LOST = 'lost blackbox out of reach';
  const WANTED = ['old blackbox', 'report apps', 'shop-app apps', 'shop-cache redis', 'shop-db postgres', 'web apps'];

  describe('detect', () => {
    beforeAll(async () => {
      await startShop(stack().project);
      await startGuideApps(stack().project, network());
      const lost = 'require("http").createServer((q, r) => r.end("ok")).listen(8080)';
      const where = ['--expose', '8080', '--network', 'bridge'];
      await startContainer(stack().project, name('lost'), ...where, await databasesImage(), 'node', '-e', lost);
    });

    it('knows databases by their ports, applications by their metrics and a web server by its health page', async () => {
      let found: readonly string[] = [];
      await eventually('all of them answer', 120, async () => (found = ours(await json())).length > WANTED.length).catch(() => undefined);
      expect(found).toEqual([LOST, ...WANTED.map((row) => `${row} new`)]);
    });

    it('prints a diff and writes nothing where no one can be asked, and says what to do about a container without a network', async () => {
      const before = stack().read('.env');
      const { code, stdout, stderr } = await stack().run('detect');
      expect(code).toBe(0);
      expect(stdout).toContain('--- .env\n+++ .env\n');
      expect(stdout).toMatch(new RegExp(`^\\+APP_NETWORKS=.*${network()}`, 'm'));
      expect(stdout).toContain(`--- /dev/null\n+++ prometheus/targets/apps/${name('shop-app')}.yml`);
      expect(stdout).toContain(`+- targets: ['http://${name('old')}:8080/health']`);
      expect(stdout).toContain(`docker exec -i ${name('shop-db')} psql`);
      expect(stdout).toContain('Nothing was written.');
      expect(stderr).toContain(`container ${name('lost')}`);
      expect(stderr).toContain(`docker network connect shop ${name('lost')}`);
      expect(stack().read('.env')).toBe(before);
      expect(existsSync(stack().path(`prometheus/targets/apps/${name('shop-app')}.yml`))).toBe(false);
    });

    it('writes settings, targets and a password that no one else can read, and prints the command for the user', async () => {
      const { code, stdout } = await stack().run('detect', '--apply');
      expect(code).toBe(0);
      expect(stdout).toContain('npm run up');
      const env = stack().read('.env');
      const postgres = new RegExp(
        `^POSTGRES_INSTANCES=.*?(${named('shop-db')})=postgresql://pharos_monitor@\\1:5432/postgres\\?sslmode=disable`,
        'm',
      );
      const secret = `secrets/postgres_${postgres.exec(env)?.[1] ?? ''}_password`;
      expect(env).toMatch(postgres);
      expect(env).toMatch(new RegExp(`^REDIS_INSTANCES=.*?(${named('shop-cache')})=redis://\\1:6379`, 'm'));
      expect(stack().read(`prometheus/targets/apps/${name('shop-app')}.yml`)).toMatch(
        new RegExp(`- targets: \\['${named('shop-app')}:3000'\\]`),
      );
      expect(statSync(stack().path('.env')).mode & 0o777).toBe(0o600);
      expect(statSync(stack().path('secrets')).mode & 0o777).toBe(0o700);
      expect(statSync(stack().path(secret)).mode & 0o777).toBe(0o600);
      expect(stdout).not.toContain(stack().read(secret));

      const command = stdout.split('\n').find((line) => line.includes(`docker exec -i ${name('shop-db')} psql`)) ?? '';
      for (const time of ['first', 'second'])
        expect(await sh(['sh', '-c', command.trim()], { cwd: stack().folder }), time).toMatchObject({ code: 0 });
      const role =
        "SELECT pg_has_role('pharos_monitor', 'pg_monitor', 'member'), rolconnlimit FROM pg_roles WHERE rolname = 'pharos_monitor'";
      expect((await psql(stack().project, role)).stdout.trim()).toBe('t|5');
      const login = ['psql', '-h', 'shop-db', '-U', 'pharos_monitor', '-d', 'postgres', '-Atc', 'SELECT current_user'];
      const password = `PGPASSWORD=${stack().read(secret)}`;
      expect(await sh(['docker', 'exec', '-e', password, name('shop-cache'), ...login])).toMatchObject({
        code: 0,
        stdout: 'pharos_monitor\n',
      });
    });

    it('proposes nothing that is watched already', async () => {
      const answer = await json();
      expect(ours(answer)).toEqual([LOST, ...WANTED.map((row) => `${row} watched already`)]);
      // Another project on this engine may have been started since, and then stands beside ours in a line that changes.
      const mentioned = (sign: string): readonly string[] =>
        answer.diff
          .split('\n')
          .flatMap((line) =>
            line.startsWith(sign) ? [...line.matchAll(new RegExp(`${name('')}[\\w-]+`, 'g'))].map(([text]) => text) : [],
          );
      expect(mentioned('+')).toEqual(mentioned('-'));
      expect(answer.passwords.filter((file) => new RegExp(`_${named('shop-(db|cache)')}_`).test(file))).toEqual([]);
    });

    it('leaves a target file of the user’s alone', async () => {
      const path = `prometheus/targets/apps/${name('shop-app')}.yml`;
      const written = stack().read(path);
      stack().write(path, '- targets: [elsewhere:1]\n');
      const { stderr } = await stack().run('detect', '--apply');
      expect(stderr).toContain(`${path}: exists already and is not changed`);
      expect(stack().read(path)).toBe('- targets: [elsewhere:1]\n');
      stack().write(path, written);
    });

    it('is all that the next up needs: databases, applications and the web server are watched', async () => {
      watchOnly(stack(), network());
      const up = await stack().run('up', '--yes');
      expect(up.code, up.stdout + up.stderr).toBe(0);
      // Series of a demo that has just been removed last for another five minutes.
      const sums = ['pg_up{service!="demo"}', 'redis_up{service!="demo"}', 'up{job="apps",service!="demo"}'].map(
        (series) => `sum(${series})`,
      );
      expect(await stack().value(sums.join(' + '))).toBe(5);
      expect(await stack().value(`probe_success{service="${name('old')}"}`)).toBe(1);
    });

    it('has the applications of the guide counted by route', async () => {
      const APPS = [
        ['web', '3000', '/users/:id'],
        ['report', '8000', '/users/<id>'],
      ] as const;
      for (const [app, port, route] of APPS) {
        const address = (await sh(['docker', 'port', name(app), port])).stdout.trim();
        for (const id of [1, 2, 3]) expect((await fetch(`http://${address}/users/${id}`)).status).toBe(200);
        const requests = `http_request_duration_seconds_count{service="${name(app)}",route="${route}",status_code="200"}`;
        await eventually(requests, 120, async () => (await stack().value(`sum(${requests})`)) === 3);
      }
    });
  });
}

/** Leaves out what detect found of other projects on this engine: it is not this test's to log in to. */
function watchOnly(stack: E2eStack, network: string): void {
  const env = stack.read('.env');
  const own = (key: string): string =>
    (new RegExp(`^${key}='?([^'\\n]*)`, 'm').exec(env)?.[1] ?? '')
      .split(',')
      .filter((item) => new RegExp(`^(${stack.project}-)?shop-(db|cache)=`).test(item))
      .join(',');
  const servers = modules.flatMap(({ name, servers: kind }) =>
    kind === undefined ? [] : [{ name, key: kind.setting, items: own(kind.setting) }],
  );
  const empty = servers.filter(({ items }) => items === '').map(({ name }) => name);
  const on = /^MODULES='?([^'\n]*)/m.exec(env)?.[1]?.split(',') ?? [];
  stack.set({
    APP_NETWORKS: network,
    MODULES: on.filter((name) => !empty.includes(name)).join(','),
    ...Object.fromEntries(servers.map(({ key, items }) => [key, items])),
  });
  for (const folder of ['apps', 'blackbox'].map((job) => `prometheus/targets/${job}`))
    for (const file of readdirSync(stack.path(folder)))
      if (file.endsWith('.yml') && !file.startsWith(stack.project)) rmSync(stack.path(`${folder}/${file}`));
}
