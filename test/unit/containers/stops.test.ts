import { describe, expect, it } from 'vitest';
import type { ContainerEvent } from '../../../exporters/containers/events.ts';
import { Inventory } from '../../../exporters/containers/inventory.ts';

const BEGIN = 1_795_000_000;
const [QUIT, KILL, TERM, HUP] = [3, 9, 15, 1];

/** What the engine reports of one container, second by second after the beginning. */
type Step = readonly [seconds: number, action: string, more?: Partial<ContainerEvent>];

interface Described {
  readonly id?: string;
  readonly stopSignal?: string;
  readonly policy?: string;
  readonly autoRemove?: boolean;
  readonly aliases?: readonly string[];
  readonly health?: string;
}

class Engine {
  readonly inventory = new Inventory(BigInt(BEGIN) * 1_000_000_000n);
  #nano = 0n;

  describe({ id = 'a', stopSignal = '', policy = 'always', autoRemove = false, aliases = [], health = 'none' }: Described = {}): this {
    this.inventory.inspected({
      Id: id,
      Name: `/shop-web-${id}`,
      State: { Status: 'running', StartedAt: '2026-11-21T08:00:00Z', Health: { Status: health } },
      Config: {
        Image: 'shop:1',
        StopSignal: stopSignal,
        Labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' },
      },
      HostConfig: { RestartPolicy: { Name: policy }, AutoRemove: autoRemove },
      NetworkSettings: { Networks: { shop_default: { Aliases: aliases } } },
    });
    return this;
  }

  play(...steps: readonly Step[]): this {
    for (const [seconds, action, more = {}] of steps) {
      this.#nano += 1n;
      const timeNano = BigInt(BEGIN + seconds) * 1_000_000_000n + this.#nano;
      const labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' };
      const id = more.id ?? 'a';
      this.inventory.event({ action, id, name: `shop-web-${id}`, image: 'shop:2', labels, timeNano, ...more });
    }
    return this;
  }

  /** What is known of the service; times in seconds after the beginning. */
  get unit() {
    const [unit] = this.inventory.stops.shown(BEGIN + 60);
    const since = (at: number | undefined) => (at === undefined ? undefined : Math.round(at - BEGIN));
    return { planned: since(unit?.planned?.at), failed: since(unit?.failedAt), successor: unit?.successor?.name, hosts: unit?.hosts };
  }

  get failures(): number {
    return this.inventory.tally.counts().find(({ owner }) => owner.service === 'web')?.failures ?? 0;
  }
}

const engine = (described: Described = {}): Engine => new Engine().describe(described);
const STOP: readonly Step[] = [
  [10, 'kill', { signal: TERM }],
  [12, 'die', { exitCode: 143 }],
];

describe('stopped on purpose is', () => {
  it.each<[string, Described, readonly Step[], number]>([
    ['docker stop', {}, STOP, 12],
    [
      'docker stop of what ignores the signal',
      {},
      [
        [10, 'kill', { signal: TERM }],
        [20, 'kill', { signal: KILL }],
        [20, 'die', { exitCode: 137 }],
      ],
      20,
    ],
    [
      'a stop by the signal that the image names',
      { stopSignal: 'SIGQUIT' },
      [
        [10, 'kill', { signal: QUIT }],
        [11, 'die', { exitCode: 0 }],
      ],
      11,
    ],
    [
      'a stop that ends in an error',
      {},
      [
        [10, 'kill', { signal: TERM }],
        [11, 'die', { exitCode: 1 }],
      ],
      11,
    ],
    [
      'a stop that drains for minutes',
      {},
      [
        [10, 'kill', { signal: TERM }],
        [190, 'die', { exitCode: 0 }],
      ],
      190,
    ],
    ['a stop from its first moment on, while requests still end', {}, [[10, 'kill', { signal: TERM }]], 10],
    [
      'docker rm -f',
      {},
      [
        [10, 'kill', { signal: KILL }],
        [10, 'die', { exitCode: 137 }],
        [11, 'destroy'],
      ],
      11,
    ],
  ])('%s', (_, described, steps, at) => {
    expect(engine(described).play(...steps).unit.planned).toBe(at);
  });

  it('no failure', () => {
    const { unit, failures } = engine().play(...STOP);
    expect([unit.failed, failures]).toEqual([undefined, 0]);
  });
});

describe('failed is', () => {
  it.each<[string, Described, readonly Step[]]>([
    ['an end that no one asked for', {}, [[10, 'die', { exitCode: 1 }]]],
    ['an end without an error of what is to run always', {}, [[10, 'die', { exitCode: 0 }]]],
    [
      'a kill for memory',
      {},
      [
        [10, 'oom'],
        [10, 'die', { exitCode: 137 }],
      ],
    ],
    [
      'docker kill',
      {},
      [
        [10, 'kill', { signal: KILL }],
        [10, 'die', { exitCode: 137 }],
      ],
    ],
    [
      'docker kill of what removes itself',
      { autoRemove: true },
      [
        [10, 'kill', { signal: KILL }],
        [10, 'die', { exitCode: 137 }],
        [10, 'destroy'],
      ],
    ],
    [
      'an end after a signal that only makes it read its files again',
      {},
      [
        [9, 'kill', { signal: HUP }],
        [10, 'die', { exitCode: 1 }],
      ],
    ],
    [
      'an end after a thread dump',
      {},
      [
        [9, 'kill', { signal: QUIT }],
        [10, 'die', { exitCode: 1 }],
      ],
    ],
    [
      'a restart of what was unhealthy',
      { health: 'unhealthy' },
      [
        [8, 'kill', { signal: TERM }],
        [10, 'die', { exitCode: 143 }],
      ],
    ],
    [
      'an end an hour after a signal that it ignored',
      {},
      [
        [-590, 'kill', { signal: TERM }],
        [10, 'die', { exitCode: 1 }],
      ],
    ],
    [
      'an end in its next life',
      {},
      [...STOP.map(([at, ...rest]) => [at - 10, ...rest] as const), [5, 'start'], [10, 'die', { exitCode: 1 }]],
    ],
  ])('%s', (_, described, steps) => {
    const { unit, failures } = engine(described).play(...steps);
    expect([unit.failed, failures]).toEqual([10, 1]);
  });

  it('what becomes unhealthy, and not what becomes healthy', () => {
    expect(engine().play([10, 'health_status', { unhealthy: true }]).unit.failed).toBe(10);
    expect(engine().play([10, 'health_status']).unit.failed).toBeUndefined();
  });

  it.each(['no', 'on-failure'])('not what did its work, with the restart policy %s', (policy) => {
    const { unit, failures } = engine({ policy }).play([10, 'die', { exitCode: 0 }]);
    expect([unit.failed, unit.planned, failures]).toEqual([undefined, undefined, 0]);
  });
});

describe('the successor', () => {
  it('is the first container of the service that starts after the stop', () => {
    const steps: readonly Step[] = [...STOP, [13, 'destroy'], [14, 'start', { id: 'b' }], [20, 'start', { id: 'c' }]];
    expect(engine().play(...steps).unit.successor).toBe('shop-web-b');
  });

  it('is the container itself after a restart', () => {
    expect(engine().play(...STOP, [13, 'start']).unit.successor).toBe('shop-web-a');
  });

  it('is forgotten at the next stop', () => {
    expect(engine().play(...STOP, [13, 'start'], [20, 'kill', { signal: TERM }]).unit.successor).toBeUndefined();
  });
});

describe('what is known of a service', () => {
  it('holds the names of its containers, without short ids, also after they are gone', () => {
    const { unit } = engine({ aliases: ['web', 'shop-web-a', 'a'] }).play(...STOP, [13, 'destroy']);
    expect(unit.hosts).toEqual(['shop-web-a', 'web']);
  });

  it('gets the names of a successor', () => {
    const { unit } = engine()
      .play(...STOP, [14, 'start', { id: 'b' }])
      .describe({ id: 'b', aliases: ['new'] });
    expect(unit.hosts).toEqual(['shop-web-a', 'shop-web-b', 'new']);
  });

  it('includes stops before the exporter was started, which do not count', () => {
    const { inventory, unit } = engine().play(...STOP.map(([at, ...rest]) => [at - 100, ...rest] as const));
    expect(unit.planned).toBe(-88);
    expect(inventory.tally.counts()[0]?.exits.get(143)).toBeUndefined();
    expect(inventory.live()[0]?.state).toBe('running');
  });

  it('is dropped after a day', () => {
    const { inventory } = engine().play(...STOP);
    expect(inventory.stops.shown(BEGIN + 86_400)).toHaveLength(1);
    expect(inventory.stops.shown(BEGIN + 86_413)).toEqual([]);
  });

  it('is kept of the 200 services that were stopped last', () => {
    const { inventory } = engine();
    for (let index = 0; index <= 200; index += 1)
      inventory.event({
        action: 'kill',
        signal: TERM,
        id: String(index),
        name: '',
        image: '',
        labels: { 'com.docker.compose.service': String(index) },
        timeNano: BigInt(BEGIN + index) * 1_000_000_000n,
      });
    const services = inventory.stops.shown(BEGIN + 300).map(({ owner }) => owner.service);
    expect([services.length, services[0], services.at(-1)]).toEqual([200, '1', '200']);
  });
});
