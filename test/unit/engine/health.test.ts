import { describe, expect, it } from 'vitest';
import { judge, startAdvice, tellingLines, type ContainerState } from '../../../scripts/engine/health.ts';

const running: ContainerState = {
  service: 's',
  id: 'i',
  name: 'n',
  image: 'x',
  state: 'running',
  health: 'healthy',
  exitCode: 0,
  restarts: 0,
  oomKilled: false,
  healthTest: [],
  healthOutput: '',
  startedAt: '',
};

describe('judge', () => {
  it.each([
    ['healthy', {}, 'ready'],
    ['without a health check', { health: undefined }, 'ready'],
    ['starting', { health: 'starting' }, 'waiting'],
    ['created', { state: 'created', health: undefined }, 'waiting'],
    ['unhealthy', { health: 'unhealthy' }, 'failed'],
    ['ended', { state: 'exited', exitCode: 2 }, 'failed'],
    ['restarting', { state: 'restarting' }, 'failed'],
    ['restarted since', { restarts: 1 }, 'failed'],
  ])('%s', (_, change, kind) => {
    expect(judge('s', { ...running, ...change }, 0).kind).toBe(kind);
  });

  it('forgives restarts from before', () => {
    expect(judge('s', { ...running, restarts: 3 }, 3).kind).toBe('ready');
  });

  it('names an out-of-memory kill', () => {
    expect(judge('s', { ...running, state: 'restarting', oomKilled: true, exitCode: 137 }, 0)).toMatchObject({
      why: expect.stringContaining('memory'),
    });
  });
});

describe('startAdvice', () => {
  it('names the limit of the host that a service met', () => {
    const log =
      'I1121 14:22:28 factory.go:105] Registering Raw factory\nF1121 14:22:28 cadvisor.go:176] Failed to start manager: inotify_init: too many open files';
    expect(startAdvice('cadvisor', log)).toContain('fs.inotify.max_user_instances');
  });

  it('leads to the log where the cause stands only there', () => {
    expect(startAdvice('cadvisor', 'accept: too many open files')).toContain('npm run logs -- cadvisor');
  });
});

describe('tellingLines', () => {
  const cause = 'Error parsing command line arguments: duration out of range';
  const usage = [
    'usage: prometheus [<flags>]',
    '',
    'The Prometheus monitoring server',
    '',
    'Flags:',
    ...Array(90).fill('  --flag  What it does.'),
  ];

  it('finds the cause before the usage of a program that is started again and again', () => {
    expect(tellingLines([...[cause, ...usage], ...[cause, ...usage]].join('\n'), 15)).toEqual([cause, cause]);
  });
  it('finds it before the flags of Go’s own parser, and goes on with what is said afterwards', () => {
    const log = [
      'flag provided but not defined: -x',
      'Usage of /redis_exporter:',
      '  -debug',
      '    \tOutput',
      'time=2026-01-01 level=info msg=up',
    ];
    expect(tellingLines(log.join('\n'), 15)).toEqual([log[0], log[4]]);
  });
  it('shows the last lines of any other log', () => {
    expect(tellingLines('a\n\nb\n  at c\n', 2)).toEqual(['b', '  at c']);
  });
});
