import { describe, expect, it } from 'vitest';
import { invisibleContainers } from '../../../scripts/modules/containers/index.ts';
import * as smoke from '../../../scripts/up/smoke.ts';

const up = { job: 'node', pool: 'node', instance: 'web1', address: 'web1:9100', health: 'up', lastError: '' } as const;

describe('targetProblems', () => {
  it('is content with as many targets as were rendered, all up', () => {
    expect(
      smoke.targetProblems(
        new Map([
          ['node', ['web1:9100']],
          ['apps', []],
        ]),
        [up],
        '172.30.0.1',
      ),
    ).toEqual([]);
  });
  it('sees a missing, an unscraped and a dead target', () => {
    expect(smoke.targetProblems(new Map([['node', ['web1:9100', 'web2:9100']]]), [up], '')[0]?.message).toContain('web2:9100 is missing');
    expect(smoke.targetProblems(new Map([['node', ['web1:9100']]]), [{ ...up, health: 'unknown' }], '')[0]?.message).toContain(
      'not been scraped yet',
    );
    expect(
      smoke.targetProblems(
        new Map([['apps', ['web1:9100']]]),
        [{ ...up, job: 'apps', pool: 'apps', health: 'down', lastError: 'dial tcp: lookup shop: no such host' }],
        '',
      )[0]?.fix,
    ).toContain('APP_NETWORKS');
  });
  it('counts a target where it is configured, whatever job its file makes it one of', () => {
    const guest = { ...up, job: 'postgres', pool: 'apps', address: 'demo-postgres-exporter:9187' };
    const counts = (apps: readonly string[]): readonly string[] =>
      smoke
        .targetProblems(
          new Map([
            ['apps', apps],
            ['postgres', []],
          ]),
          [guest],
          '',
        )
        .map(({ message }) => message);
    expect(counts([guest.address])).toEqual([]);
    expect(counts([])).toEqual([`${guest.address} is not configured`]);
  });
  it('sees a target that another configuration left, and one that is there twice', () => {
    expect(smoke.targetProblems(new Map([['node', []]]), [up], '')[0]?.message).toContain('web1:9100 is not configured');
    expect(smoke.targetProblems(new Map([['node', ['web1:9100']]]), [up, up], '')[0]?.message).toContain('has 2 targets, 1 were');
  });
  it.each([
    ['postgres', 'postgresql://db/shop', 'npm run logs -- postgres-exporter'],
    ['redis', 'redis://cache:6379', 'npm run logs -- redis-exporter'],
    ['vector', 'shop', 'npm run logs -- vector-exporter'],
    ['containers', 'cadvisor.pharos_monitoring:8080', 'npm run logs -- cadvisor'],
    ['loki', 'loki:3100', 'npm run logs -- loki'],
    ['apps', 'demo-backend:3000', 'npm run demo -- --stop'],
    ['apps', 'demo-redis-exporter:9121', 'npm run demo restarts it'],
    ['blackbox', 'http://demo-backend:3000/health/ready', 'npm run demo restarts it'],
    ['apps', 'shop-backend:3000', 'npm run logs -- prometheus'],
  ])('names what to look at for a target of %s at %s', (job, address, fix) => {
    for (const lastError of ['context deadline exceeded', ...(fix.includes('demo') ? ['dial tcp: lookup demo-x: no such host'] : [])]) {
      const [problem] = smoke.targetProblems(
        new Map([[job, [address]]]),
        [{ ...up, job, pool: job, address, health: 'down', lastError }],
        '',
      );
      expect(problem?.fix).toContain(fix);
    }
  });
  it('names the firewall where the host cannot be reached from the network', () => {
    const [problem] = smoke.targetProblems(
      new Map([['node', ['web1:9100']]]),
      [{ ...up, health: 'down', lastError: 'context deadline exceeded' }],
      '172.30.0.1',
    );
    expect(problem?.fix).toContain('ufw allow from 172.30.0.0/24');
  });
});

it('alertmanagerConfigHash is what Alertmanager 0.33.1 reports for this text', () => {
  expect(smoke.alertmanagerConfigHash('route:\n  receiver: x\nreceivers:\n  - name: x\n')).toBe(HASH_OF_SAMPLE);
});
const HASH_OF_SAMPLE = 235_819_065_689_725;

it('bindingProblems finds a port that is open wider than asked', () => {
  expect(smoke.bindingProblems([{ service: 'loki', address: '0.0.0.0', port: 3100 }], '127.0.0.1')).toHaveLength(1);
  expect(smoke.bindingProblems([{ service: 'loki', address: '127.0.0.1', port: 3100 }], '127.0.0.1')).toEqual([]);
});

it('unevaluatedRules waits for what is due while the checks are tried, not for slower groups', () => {
  const rule = (health: string, interval: number) => ({ health, interval });
  expect(smoke.unevaluatedRules([rule('ok', 5), rule('err', 5), rule('unknown', 60), rule('unknown', 300)])).toEqual([]);
  const [problem] = smoke.unevaluatedRules([rule('unknown', 5), rule('unknown', 30), rule('unknown', 300)]);
  expect(problem).toMatchObject({ place: 'Prometheus', message: 'has not evaluated 2 of its rules yet' });
});

it('invisibleContainers and absentNames name what is not there', () => {
  expect(invisibleContainers(['a', 'b'], new Set(['a']), 'cadvisor')).toEqual([
    expect.objectContaining({ place: 'container b', message: expect.stringContaining('cadvisor'), fix: 'npm run logs -- cadvisor' }),
  ]);
  expect(smoke.absentNames('dashboard', ['x'], new Set(), 'f')[0]?.place).toBe('dashboard x');
});
