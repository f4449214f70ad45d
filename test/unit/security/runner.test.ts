import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeLog } from '../../../exporters/common/log.ts';
import type { Collected, Collector } from '../../../exporters/security/collected.ts';
import { Runner } from '../../../exporters/security/runner.ts';
import { loadState, writeWhole } from '../../../exporters/security/state.ts';
import { hostFolder } from '../../support/host-folder.ts';

const host = hostFolder();

describe('Runner', () => {
  it('forgets what is no longer a source, so that it is reported again', async () => {
    const rounds = [['/a', '/b'], ['/a'], ['/a', '/b']];
    const collect = async (): Promise<Collected> => ({
      families: [],
      sources: (rounds.shift() ?? []).map((path) => ({ path, state: path === '/b' ? 'unreadable' : 'ok' })),
    });
    const lines: string[] = [];
    const runner = new Runner(
      [{ name: 'one', collect }],
      changeLog(({ msg }) => void lines.push(String(msg))),
    );
    for (let i = 0; i < 3; i++) await runner.round(() => i);
    expect(lines).toEqual(['one /b: unreadable', 'one /b: works again', 'one /b: unreadable']);
  });

  it('keeps what a failing collector found before, with its age, and goes on with the others', async () => {
    let broken = false;
    const answer = (value: number): Collected => ({
      families: [{ name: 'a', help: 'A.', type: 'gauge', samples: [{ value }] }],
      sources: [{ path: '/a', state: 'ok' }],
    });
    const collectors: Collector[] = [
      { name: 'one', collect: async (now) => (broken ? Promise.reject(new Error('no')) : answer(now)) },
      { name: 'two', collect: async () => ({ families: [], sources: [{ path: '/b', state: 'absent' }] }) },
    ];
    const reported: string[] = [];
    const runner = new Runner(collectors, { failed: (...said) => void reported.push(said.join(' ')), works: () => undefined });
    await runner.round(() => 100);
    broken = true;
    await runner.round(() => 200);
    const text = runner.text();
    expect(text).toContain('\na 100\n');
    expect(text).toContain('security_collector_success{collector="one"} 0\n');
    expect(text).toContain('security_collector_last_success_timestamp_seconds{collector="one"} 100\n');
    expect(text).toContain('security_collector_last_success_timestamp_seconds{collector="two"} 200\n');
    expect(text).toContain('security_source_state{collector="two",source="/b",state="absent"} 1\n');
    expect(reported).toContain('one no');
  });

  it('gives an age also of what has never succeeded, and does not make it younger by a restart', async () => {
    const broken: Collector[] = [{ name: 'one', collect: async () => Promise.reject(new Error('no')) }];
    const quiet = { failed: () => undefined, works: () => undefined };
    const age = 'security_collector_last_success_timestamp_seconds{collector="one"}';
    const runner = new Runner(broken, quiet);
    await runner.round(() => 100);
    await runner.round(() => 200);
    expect(runner.text()).toContain(`${age} 100\n`);
    const again = new Runner(broken, quiet, runner.succeeded);
    await again.round(() => 300);
    expect(again.text()).toContain(`${age} 100\n`);
  });
});

describe('the state', () => {
  it('is written whole, for its owner only, and read back; a damaged one is reported and not fatal', async () => {
    const path = join(host.path, 'state.json');
    expect(await loadState(path)).toEqual({ state: {} });
    await writeWhole(path, '{"counts":{"su/failed":2}}', 0o600);
    expect(await loadState(path)).toEqual({ state: { counts: { 'su/failed': 2 } } });
    await writeWhole(path, '{"counts":', 0o600);
    expect(await loadState(path)).toMatchObject({ state: {}, wrong: expect.stringContaining('JSON') });
  });
});
