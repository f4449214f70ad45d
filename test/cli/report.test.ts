import { stripVTControlCharacters as plain } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../scripts/base/args.ts';
import { renderDeliveries } from '../../scripts/notify/show.ts';
import { renderImages } from '../../scripts/images/show.ts';
import { createReport, renderProblem } from '../../scripts/base/report.ts';
import { renderStatus } from '../../scripts/doctor/show-status.ts';
import { Failure } from '../../scripts/base/failure.ts';
import { error, warning } from '../../scripts/base/problem.ts';

function report(live: boolean) {
  let out = '';
  let err = '';
  let clock = 0;
  return {
    ...createReport({ out: (text) => (out += text), err: (text) => (err += text), live, columns: () => 30, now: () => (clock += 1500) }),
    text: () => ({ out: plain(out), err: plain(err) }),
  };
}

describe('the report', () => {
  it('prints a line per step with its time, and plain lines without a terminal', async () => {
    const { step, text } = report(false);
    expect(await step('engine', async (detail) => (detail('Docker 29'), 7))).toBe(7);
    expect(text()).toEqual({ out: '', err: '  ✓ engine  1.5 s · Docker 29\n' });
  });

  it('marks a step that fails and lets the failure through', async () => {
    const { step, text } = report(false);
    await expect(step('engine', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(text().err).toBe('  ✗ engine  1.5 s\n');
  });

  it('draws the line while it runs at a terminal', async () => {
    const { step, text } = report(true);
    await step('engine', async () => undefined);
    expect(text().err).toContain('… engine');
  });

  it('sets a remark above the line of the step that runs', async () => {
    const { step, note, text } = report(true);
    await step('engine', async () => note('installed now'));
    expect(text().err.split('\n')[0]).toBe('\r  … engine\rinstalled now');
    expect(text().err.split('\n')[1]).toBe('\r  … engine\r  ✓ engine  1.5 s');
  });

  it('never lets the line that is drawn again be longer than the terminal is wide', async () => {
    const { step, text } = report(true);
    await step('engine', async (detail) => detail('a detail that is much longer than there is room for'));
    const drawn = text()
      .err.split('\r')
      .filter((line) => line.includes('…'));
    expect(drawn.at(-1)).toBe('  … engine · a detail that i…');
    for (const line of drawn) expect(line.length).toBeLessThan(30);
  });

  it('puts results on stdout and everything else on stderr', () => {
    const { result, note, problems, text } = report(false);
    result('r');
    note('n');
    problems([error('.env:3', 'is wrong', 'Fix it.\nThen again.'), warning('disk', 'is small')]);
    expect(text()).toEqual({ out: 'r\n', err: 'n\n  ✗ .env:3: is wrong\n    → Fix it.\n      Then again.\n  ! disk: is small\n' });
  });
});

it('renderProblem shows place, message and fix', () => {
  expect(plain(renderProblem(error('a', 'b', 'c')))).toBe('  ✗ a: b\n    → c');
});

describe('parseArguments', () => {
  const spec = { usage: 'npm run x', options: { yes: { type: 'boolean' }, label: { type: 'string', multiple: true } } } as const;
  const problem = (args: readonly string[]): string => {
    try {
      parseArguments(args, spec);
      return '';
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      return `${failure.exitCode} ${failure.problems[0]?.message ?? ''} ${failure.problems[0]?.fix ?? ''}`;
    }
  };
  it('reads options', () => {
    expect(parseArguments(['--yes', '--label', 'a', '--label', 'b'], spec).values).toEqual({ yes: true, label: ['a', 'b'] });
  });
  it('names the nearest option for a mistyped one', () => {
    expect(problem(['--yess'])).toMatch(/^2 Unknown option '--yess' Did you mean --yes\?/);
    expect(problem(['stray'])).toMatch(/^2 /);
  });
});

it('renderDeliveries says who was reached, when, and why not', () => {
  const base = { receiver: 'critical-team', sendsResolved: true, error: undefined };
  const outcome = {
    nonce: 'n',
    sentAt: 1000,
    problems: [error('x', 'y')],
    deliveries: [
      { ...base, integration: 'slack[0]', deliveredAt: 4500, resolvedAt: 9000 },
      { ...base, integration: 'email[0]', deliveredAt: undefined, resolvedAt: undefined, error: 'connection refused' },
      { ...base, integration: 'webhook[0]', deliveredAt: 2000, resolvedAt: undefined, sendsResolved: false },
    ],
  };
  expect(plain(renderDeliveries(outcome)).split('\n')).toEqual([
    'Test alert n:',
    '  ✓ critical-team  slack[0]       reached after 3.5 s, resolved notice sent',
    '  ✗ critical-team  email[0]       not reached: connection refused',
    '  ✓ critical-team  webhook[0]     reached after 1.0 s, resolved is not sent here',
    'The alert did not arrive at every channel it is routed to.',
  ]);
});

it('renderStatus shows services, targets, alerts, and what is quiet on purpose', () => {
  const nowMs = Date.parse('2026-01-02T03:05:00Z');
  const alert = { alertname: 'A', severity: 'critical', instance: 'x', summary: 'x is gone', since: '2026-01-02T03:04:05.678Z' };
  const quiet = { project: 'p', services: [], targets: [], firing: [], pending: [], silences: [], windows: [], problems: [] };
  const text = plain(
    renderStatus(
      {
        project: 'p',
        services: [{ service: 'loki', state: 'restarting', health: 'starting', image: 'i', startedAt: '', restarts: 2 }],
        targets: [{ job: 'node', up: 0, total: 1 }],
        firing: [alert],
        pending: [
          { ...alert, firesIn: 32.4 },
          { ...alert, severity: 'warning', firesIn: 299.6 },
        ],
        silences: [
          {
            id: '12345678-9',
            what: 'service="shop"',
            state: 'active',
            until: '2026-01-02T04:05:00Z',
            reason: 'upgrade',
            by: 'anna',
            mutes: 0,
          },
        ],
        windows: [
          { name: 'night', what: 'all alerts', state: 'active', from: undefined, until: '2026-01-02T04:00:00.000Z' },
          { name: 'patch', what: 'server="db1"', state: 'soon', from: '2026-01-02T20:00:00.000Z', until: undefined },
        ],
        problems: [],
      },
      nowMs,
    ),
  );
  expect(text.split('\n')).toEqual([
    'p: 1 services',
    '  ✗ loki      restarting, starting, restarted 2 times  i',
    'Targets up: node 0/1',
    'Firing (1):',
    '  critical  A  x is gone  since 2026-01-02T03:04:05Z',
    'Pending (2):',
    '  critical  A  x is gone  pending, pages in 32 s',
    '  warning  A  x is gone  pending, fires in 5 min',
    'Silenced (1):',
    '  12345678  service="shop"  until 2026-01-02 04:05Z (1 h), mutes 0 alerts now  anna: upgrade',
    'Maintenance windows (2):',
    '  night  all alerts  now until 2026-01-02 04:00Z',
    '  patch  server="db1"  from 2026-01-02 20:00Z for more than a day',
  ]);
  expect(renderStatus(quiet, nowMs)).not.toMatch(/Pending|Silenced|Maintenance/);
});

it('renderImages says where each image is from', () => {
  const row = { service: 's', pinned: 'a:1', present: '', bytes: 0, debianPackage: '' };
  expect(plain(renderImages([{ ...row, from: 'missing' }]))).toContain('missing; only its registry has it');
  expect(plain(renderImages([{ ...row, from: 'debian', present: 'pharos/s:1-debian', bytes: 2e6, debianPackage: 'p' }]))).toContain(
    "built here as pharos/s:1-debian from Debian's p, 2 MB",
  );
});
