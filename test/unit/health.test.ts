import { describe, expect, it } from 'vitest';
import { judge, type ContainerState } from '../../scripts/core/health.ts';

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
