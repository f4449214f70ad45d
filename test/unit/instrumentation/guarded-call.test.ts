import { describe, expect, it, vi } from 'vitest';
import { guardCall } from '../../../exporters/apps/instrumentation/guarded-call.ts';

describe('guardCall', () => {
  it('asks once for a thousand at the same time, and again only when the answer is old', async () => {
    let time = 0;
    const call = vi.fn(async () => 'yes');
    const guard = guardCall({ call, timeoutMs: 50, cacheMs: 100, now: () => time });
    const answers = await Promise.all(Array.from({ length: 1000 }, async () => guard.get()));
    expect(new Set(answers.map(({ value }) => value))).toEqual(new Set(['yes']));
    time = 99;
    await guard.get();
    expect(call).toHaveBeenCalledTimes(1);
    time = 100;
    await guard.get();
    expect(call).toHaveBeenCalledTimes(2);
  });

  it('ends the wait for one that hangs, and asks no second time while it hangs', async () => {
    let time = 0;
    const call = vi.fn(async () => new Promise<never>(() => undefined));
    const guard = guardCall({ call, timeoutMs: 20, cacheMs: 0, now: () => time });
    expect(await guard.get()).toMatchObject({ ok: false, reason: 'timeout' });
    time = 5;
    for (let i = 0; i < 10; i += 1) expect(await guard.get()).toMatchObject({ ok: false, reason: 'timeout' });
    expect(call).toHaveBeenCalledTimes(1);
    time = 200;
    await guard.get();
    expect(call, 'given up after ten timeouts').toHaveBeenCalledTimes(2);
  });

  it('asks again once the one that hung has come back', async () => {
    let release = (): void => undefined;
    const call = vi
      .fn<() => Promise<string>>()
      .mockImplementationOnce(async () => new Promise((resolve) => (release = () => resolve('late'))))
      .mockImplementation(async () => 'again');
    const guard = guardCall({ call, timeoutMs: 20, cacheMs: 0 });
    await guard.get();
    release();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await guard.get()).toMatchObject({ ok: true, value: 'again' });
  });

  it('turns what is thrown into a reason, also where it is thrown at once', async () => {
    const call = (): Promise<never> => {
      throw Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
    };
    expect(await guardCall({ call, timeoutMs: 20, cacheMs: 0 }).get()).toMatchObject({ ok: false, reason: 'refused' });
  });

  it('waits no longer than its limit', async () => {
    const guard = guardCall({ call: async () => new Promise<never>(() => undefined), timeoutMs: 60_000, cacheMs: 0 });
    const began = performance.now();
    expect(await guard.within(20)).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(30_000);
  });
});
