import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/base/files.ts';
import { eventually, sh } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { serviceImage } from '../support/images.ts';
import { VectorExporter } from '../support/vector-exporter.ts';
import { vectorCanaryChecks } from './vector-canaries.checks.ts';
import { vectorDatabaseChecks } from './vector-database.checks.ts';

describeWithEngine('the vector exporter', () => {
  let started: VectorExporter;
  const exporter = (): VectorExporter => started;
  const value: VectorExporter['value'] = async (...args) => exporter().value(...args);
  const logs: VectorExporter['logs'] = async () => exporter().logs();
  beforeAll(async () => void (started = await VectorExporter.start('pharos-vec-test')));
  afterAll(async () => started?.destroy());

  vectorDatabaseChecks(exporter);
  vectorCanaryChecks(exporter);

  describe('what is wrong with a database', () => {
    it.each([
      ['denied', 'authentication', 'password authentication failed'],
      ['unsaid', 'authentication', 'asks for a password, and there is none'],
      ['nowhere', 'connection', 'getaddrinfo'],
      ['deaf', 'connection', 'timeout'],
      ['shop/lost', 'missing', 'database "lost" does not exist'],
    ])('%s: up is 0, the reason is %s, the log says "%s"', async (target, reason, words) => {
      await eventually('an error', 120, async () => ((await value(target, 'collect_errors_total', { reason })) ?? 0) > 0);
      expect(await value(target, 'up')).toBe(0);
      expect(await value(target, 'last_success_timestamp_seconds')).toBeUndefined();
      expect((await logs()).find(({ msg }) => msg.startsWith(`database ${target}: `))).toMatchObject({
        msg: expect.stringContaining(words),
        reason,
      });
    });

    it('leaves no connection behind where a login fails', async () => {
      const { stdout } = await exporter().psql(
        "SELECT count(*) FROM pg_stat_activity WHERE datname IS NULL AND backend_type = 'client backend'",
      );
      expect(Number(stdout)).toBeLessThan(3);
    });

    it('no pgvector: up, no extension, a line', async () => {
      await eventually('a look', 120, async () => (await value('shop/bare', 'up')) === 1);
      expect(await value('shop/bare', 'extensions')).toBe(0);
      expect((await logs()).find(({ msg }) => msg.startsWith('database shop/bare: '))?.msg).toContain('no vector extension');
    });

    it('hundreds of tables: the largest 300 are listed, and the total', async () => {
      await eventually('a look', 120, async () => (await value('shop/many', 'columns')) === 310);
      expect([...(await exporter().page('shop/many')).keys()].filter((key) => key.startsWith('pharos_vector_vectors{'))).toHaveLength(300);
    });

    it('never a password in the log', async () => {
      expect(JSON.stringify(await logs())).not.toContain('monitor-pw');
    });

    it('gone and back: a metric and two lines, and the exporter lives', async () => {
      await sh(['docker', 'stop', '-t', '1', `${exporter().name}-db`]);
      await eventually('down', 120, async () => (await value('shop/app', 'up')) === 0);
      await eventually(
        'searches fail',
        120,
        async () => ((await value('shop/app', 'search_errors_total', { canary: 'nearest', reason: 'connection' })) ?? 0) > 0,
      );
      // The figures of the last look stay for a minute: one lost look is no news.
      expect(await value('shop/app', 'vectors', { table: 'products' })).toBe(3000);
      await sh(['docker', 'start', `${exporter().name}-db`]);
      await eventually('up', 120, async () => (await value('shop/app', 'up')) === 1);
      expect((await logs()).map(({ msg }) => msg)).toContain('database shop/app: works again');
      expect(
        (await sh(['docker', 'inspect', '-f', '{{.State.Running}} {{.RestartCount}}', `${exporter().name}-exporter`])).stdout.trim(),
      ).toBe('true 0');
    });
  });

  describe('the page', () => {
    it('comes from memory, whatever the database does', async () => {
      const slowest = async (paths: readonly string[]): Promise<number> => {
        const times: number[] = [];
        for (let time = 0; time < 15; time += 1)
          for (const path of paths) {
            const began = performance.now();
            await (await fetch(`${exporter().base}${path}`)).text();
            times.push(performance.now() - began);
          }
        // All but one of twenty, because this machine also runs the tests.
        return times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Infinity;
      };
      // A page that asks nothing shows what this machine takes now; a database that hangs would take five seconds.
      const usual = await slowest(['/-/ready']);
      const targets = ['shop/app', 'shop/many', 'deaf', 'nowhere'];
      expect(await slowest(targets.map((target) => `/metrics?target=${encodeURIComponent(target)}`))).toBeLessThan(1_000 + 5 * usual);
    });

    it('has every metric that rules and dashboard ask for', () => {
      const text =
        readFileSync(join(ROOT, 'prometheus/rules/vector.yml'), 'utf8') +
        readFileSync(join(ROOT, 'grafana/dashboards/vector.json'), 'utf8');
      const asked = new Set(text.match(/pharos_vector_\w+/g));
      expect(asked.size).toBeGreaterThan(15);
      expect([...asked].filter((name) => !exporter().seen.has(name))).toEqual([]);
    });

    it('is well-formed for Prometheus', async () => {
      const text = await (await fetch(`${exporter().base}/metrics?target=shop/app`)).text();
      writeFileSync(join(exporter().folder, 'page.txt'), text, { mode: 0o644 });
      const image = await serviceImage(new Docker(), 'prometheus');
      const check = ['-v', `${exporter().folder}:/p:ro`, '--entrypoint', 'sh', image, '-c', '/bin/promtool check metrics < /p/page.txt'];
      const { code, stdout, stderr } = await sh(['docker', 'run', '--rm', '--network', 'none', ...check]);
      expect({ code, said: stdout + stderr }).toEqual({ code: 0, said: '' });
    });

    it('is refused for an unknown database', async () => {
      const response = await fetch(`${exporter().base}/metrics?target=x`);
      expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('shop/app')]);
      expect((await fetch(`${exporter().base}/metrics`, { method: 'POST' })).status).toBe(405);
      expect((await fetch(`${exporter().base}/metrics`)).ok).toBe(true);
    });
  });
});
