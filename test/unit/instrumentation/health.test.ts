import { Registry } from 'prom-client';
import { describe, expect, it, vi } from 'vitest';
import { createInstrumentation } from '../../../exporters/apps/instrumentation/instrumentation.ts';

function create(health = {}) {
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields: fields as Record<string, unknown>, message });
  const log = { info: at('info'), warn: at('warn'), error: at('error') };
  return { lines, instrumentation: createInstrumentation({ registry: new Registry(), log, health }) };
}
const refuses = async (): Promise<never> =>
  Promise.reject(Object.assign(new Error('connect ECONNREFUSED postgresql://shop:s3cret@10.0.0.7'), { code: 'ECONNREFUSED' }));

describe('health', () => {
  it('is 200 while all works, with status, response time and time of each', async () => {
    const { instrumentation } = create();
    instrumentation.health.add('db', { check: async () => 1 });
    const { status, body } = await instrumentation.health.answer('');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'ok',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      checks: { db: { status: 'up', responseTimeMs: expect.any(Number), checkedAt: expect.stringMatching(/Z$/) } },
    });
  });

  it('is 503 when a dependency is down, and still alive', async () => {
    const { instrumentation } = create();
    instrumentation.health.add('db', { check: refuses });
    for (const what of ['', 'ready', 'db']) expect((await instrumentation.health.answer(what)).status, what).toBe(503);
    expect((await instrumentation.health.answer('live')).status).toBe(200);
  });

  it('gives neither addresses nor logins away, and logs no login', async () => {
    const { instrumentation, lines } = create();
    instrumentation.health.add('db', { check: refuses });
    const { body } = await instrumentation.health.answer('');
    expect(JSON.stringify(body)).not.toMatch(/s3cret|10\.0\.0\.7/);
    expect(body).toMatchObject({ checks: { db: { reason: 'refused' } } });
    expect(lines).toEqual([
      {
        level: 'error',
        message: 'db fails',
        fields: { dependency: 'db', reason: 'refused', error: 'connect ECONNREFUSED postgresql://***@10.0.0.7', seconds: 0 },
      },
    ]);
  });

  it('stays ready without what is not required, and says so', async () => {
    const { instrumentation } = create();
    instrumentation.health.add('mail', { check: refuses, required: false });
    expect(await instrumentation.health.answer('ready')).toMatchObject({ status: 200, body: { status: 'degraded' } });
    expect((await instrumentation.health.answer('mail')).status).toBe(503);
  });

  it('is not ready any more once the service stops', async () => {
    const { instrumentation } = create();
    instrumentation.health.stop();
    expect(await instrumentation.health.answer('ready')).toMatchObject({ status: 503, body: { status: 'stopping' } });
    expect((await instrumentation.health.answer('live')).status).toBe(200);
  });

  it('answers in time when a dependency hangs, and asks it once for a thousand probes', async () => {
    const { instrumentation } = create({ timeoutMs: 50 });
    const check = vi.fn(async () => new Promise<never>(() => undefined));
    instrumentation.health.add('db', { check });
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 1000 }, async () => instrumentation.health.answer('ready')));
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(check).toHaveBeenCalledTimes(1);
  });

  it('is a metric also where no one probes', async () => {
    const { instrumentation } = create({ timeoutMs: 20 });
    instrumentation.health.add('db', { check: async () => 1 });
    instrumentation.health.add('hung', { check: async () => new Promise<never>(() => undefined) });
    const body = async (): Promise<string> => (await instrumentation.scrape()).body;
    expect(await body()).toContain('health_check_up{dependency="db"} 1');
    await expect.poll(body, { timeout: 20_000 }).toContain('health_check_up{dependency="hung"} 0');
    expect(await body()).toContain('health_check_failures_total{dependency="hung",reason="timeout"} 1');
  });

  it('does not keep a scrape waiting where it hangs', async () => {
    const { instrumentation } = create({ timeoutMs: 60_000 });
    instrumentation.health.add('hung', { check: async () => new Promise<never>(() => undefined) });
    const began = performance.now();
    await instrumentation.scrape();
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('says when it works again', async () => {
    const { instrumentation, lines } = create({ cacheMs: 0 });
    let broken = true;
    instrumentation.health.add('db', { check: async () => (broken ? refuses() : 1) });
    await instrumentation.health.answer('ready');
    await instrumentation.health.answer('ready');
    broken = false;
    await instrumentation.health.answer('ready');
    expect(lines.map(({ message }) => message)).toEqual(['db fails', 'db works again']);
  });

  it.each(['live', 'ready', 'DB', 'a/b', ''])('refuses a dependency named "%s"', (name) => {
    expect(() => create().instrumentation.health.add(name, { check: async () => 1 })).toThrow(/cannot be the name/);
  });
});
