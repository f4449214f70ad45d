import { describe, expect, it } from 'vitest';
import type { InspectedContainer } from '../../../exporters/containers/engine-api.ts';
import { parseEvent, type ContainerEvent } from '../../../exporters/containers/events.ts';
import { Inventory } from '../../../exporters/containers/inventory.ts';

const BEGIN = 1_795_000_000;
let nano = 0n;
/** An event so many seconds after the beginning. */
function event(action: string, seconds: number, more: Partial<ContainerEvent> = {}): ContainerEvent {
  nano += 1n;
  const timeNano = BigInt(BEGIN + seconds) * 1_000_000_000n + nano;
  const labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'job' };
  return { action, id: 'a', name: 'shop-job-1', image: 'shop:1', labels, timeNano, ...more };
}
const fresh = (): Inventory => new Inventory(BigInt(BEGIN) * 1_000_000_000n);
const inspected = (state: NonNullable<InspectedContainer['State']>, id = 'a'): InspectedContainer => ({
  Id: id,
  Name: '/shop-job-1',
  RestartCount: 2,
  State: { StartedAt: '2026-11-21T08:00:00Z', FinishedAt: '0001-01-01T00:00:00Z', ...state },
  Config: { Image: 'shop:1', Labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'job' } },
  HostConfig: { Memory: 1024, NanoCpus: 500_000_000 },
});
const only = (inventory: Inventory) => inventory.shown(BEGIN + 10)[0];

describe('a container that comes and goes between two scrapes', () => {
  const inventory = fresh();
  for (const happened of [
    event('create', 1),
    event('start', 1),
    event('die', 2, { exitCode: 7 }),
    event('destroy', 2),
    event('start', 3, { id: 'b', name: 'other' }),
  ])
    inventory.event(happened);

  it('is counted', () => {
    expect(inventory.tally.counts()).toEqual([
      {
        owner: { project: 'shop', service: 'job' },
        starts: 2,
        outOfMemoryKills: 0,
        failures: 1,
        exits: new Map([
          [0, 0],
          [7, 1],
        ]),
      },
    ]);
  });

  it('is shown as removed for five minutes', () => {
    const [gone] = inventory.shown(BEGIN + 301).filter(({ name }) => name === 'shop-job-1');
    expect(gone).toMatchObject({ state: 'removed', lastExit: { code: 7, outOfMemory: false } });
    expect(inventory.live().map(({ name }) => name)).toEqual(['other']);
    expect(inventory.shown(BEGIN + 303).map(({ name }) => name)).toEqual(['other']);
  });
});

describe('events', () => {
  it('that come again after a reconnect count once', () => {
    const inventory = fresh();
    const start = event('start', 1);
    expect(inventory.event(start)).toBe('a');
    expect(inventory.event(start)).toBeUndefined();
    expect(inventory.tally.counts()[0]?.starts).toBe(1);
    expect(inventory.since).toBeLessThanOrEqual(start.timeNano);
  });

  it('of several containers at once, of which the engine sends an earlier one later, all count', () => {
    const inventory = fresh();
    const [early, late] = [event('start', 5, { id: 'b' }), event('start', 5)];
    expect(inventory.event(late)).toBe('a');
    expect(inventory.event(early)).toBe('b');
    // The next stream gives both again.
    expect(inventory.since).toBeLessThan(early.timeNano);
    for (const again of [late, early]) expect(inventory.event(again)).toBeUndefined();
    expect(inventory.tally.counts()[0]?.starts).toBe(2);
  });

  it('from before the beginning do not count, nor do those that come again much later', () => {
    const inventory = fresh();
    expect(inventory.event(event('start', -1))).toBeUndefined();
    const first = event('start', 1);
    for (let second = 1; second < 10; second += 1) inventory.event(second === 1 ? first : event('start', second));
    expect(inventory.event(first)).toBeUndefined();
    expect(inventory.tally.counts()[0]?.starts).toBe(9);
    expect(inventory.since).toBeGreaterThan(first.timeNano);
  });

  it.each([['before'], ['after']])('report a kill for memory that comes %s the end that it causes', (order) => {
    const inventory = fresh();
    const [first, second] = order === 'before' ? ['oom', 'die'] : ['die', 'oom'];
    inventory.event(event('start', 1));
    inventory.event(event(first ?? '', 2, { exitCode: 137 }));
    inventory.event(event(second ?? '', 2, { exitCode: 137 }));
    const record = only(inventory);
    expect(record?.lastExit).toEqual({ code: 137, outOfMemory: true, onPurpose: false });
    expect(record?.outOfMemoryAt).toBeCloseTo(BEGIN + 2, 1);
  });

  it('of a later run forget the kill of an earlier one', () => {
    const inventory = fresh();
    for (const [action, at] of [
      ['start', 1],
      ['oom', 2],
      ['die', 2],
      ['start', 3],
      ['die', 4],
    ] as const)
      inventory.event(event(action, at, { exitCode: 1 }));
    expect(only(inventory)?.lastExit).toEqual({ code: 1, outOfMemory: false, onPurpose: false });
  });
});

describe('an inspection', () => {
  it('keeps how a container ended that runs again', () => {
    const inventory = fresh();
    inventory.event(event('start', 1));
    inventory.event(event('die', 2, { exitCode: 3 }));
    inventory.event(event('start', 3));
    inventory.inspected(inspected({ Status: 'running', ExitCode: 0 }));
    expect(only(inventory)).toMatchObject({ state: 'running', restarts: 2, lastExit: { code: 3 } });
    expect(only(inventory)?.limits).toMatchObject({ memoryBytes: 1024, cpuQuota: 50_000, cpuPeriod: 100_000 });
  });

  it('reports an end before this program began', () => {
    const inventory = fresh();
    inventory.inspected(inspected({ Status: 'exited', ExitCode: 137, OOMKilled: true, FinishedAt: '2026-11-21T08:00:05Z' }));
    const end = Date.UTC(2026, 10, 21, 8, 0, 5) / 1000;
    expect(only(inventory)).toMatchObject({ lastExit: { code: 137, outOfMemory: true }, finishedAt: end, outOfMemoryAt: end });
  });

  it('says nothing of an end that has not been', () => {
    const inventory = fresh();
    inventory.inspected(inspected({ Status: 'running', ExitCode: 0 }));
    expect(only(inventory)).not.toHaveProperty('lastExit');
    expect(only(inventory)).not.toHaveProperty('finishedAt');
  });

  it('that a removal overtook does not bring the container back', () => {
    const inventory = fresh();
    inventory.event(event('start', 1));
    inventory.event(event('destroy', 2));
    inventory.inspected(inspected({ Status: 'running' }));
    expect(inventory.live()).toEqual([]);
  });
});

describe('a list', () => {
  const list = [{ Id: 'a', State: 'running', Status: 'Up 2 minutes (healthy)' }];
  it('asks for a look at what is new, reads differently or is not in it', () => {
    const inventory = fresh();
    expect(inventory.listed(list)).toEqual(['a']);
    inventory.inspected(inspected({ Status: 'running' }));
    expect(inventory.listed([{ Id: 'a', State: 'running', Status: 'Up 3 minutes (healthy)' }])).toEqual([]);
    expect(inventory.listed([{ Id: 'a', State: 'running', Status: 'Up 3 minutes (unhealthy)' }])).toEqual(['a']);
    expect(inventory.listed([{ Id: 'a', State: 'exited', Status: 'Exited (0) 1 second ago' }])).toEqual(['a']);
    expect(inventory.listed([])).toEqual(['a']);
    expect(inventory.live()).toHaveLength(1);
  });

  it('a container whose look shows that it is gone is one that was removed', () => {
    const inventory = fresh();
    inventory.inspected(inspected({ Status: 'running' }));
    inventory.gone('a', BEGIN);
    expect(only(inventory)?.state).toBe('removed');
  });
});

it('a new container takes the name over from the removed one', () => {
  const inventory = fresh();
  inventory.event(event('start', 1));
  inventory.event(event('destroy', 2));
  inventory.event(event('start', 3, { id: 'b' }));
  expect(inventory.shown(BEGIN + 4).map(({ id }) => id)).toEqual(['b']);
});

it('a host that runs thousands of jobs neither fills the memory nor the counters', () => {
  const inventory = fresh();
  for (let index = 0; index < 2000; index += 1) {
    const more = { id: `i${index}`, name: `n${index}`, labels: { 'com.docker.compose.project': `p${index}` }, exitCode: 0 };
    for (const action of ['start', 'die', 'destroy']) inventory.event(event(action, 1, more));
  }
  expect(inventory.shown(BEGIN + 2).length).toBe(200);
  const counts = inventory.tally.counts();
  expect(counts.length).toBe(501);
  expect(counts.reduce((sum, { starts }) => sum + starts, 0)).toBe(2000);
});

describe('parseEvent', () => {
  const line =
    '{"Type":"container","Action":"health_status: unhealthy","Actor":{"ID":"a","Attributes":{"image":"i","name":"n","exitCode":"3","x":"y"}},"time":1795250043,"timeNano":1795250043295283872}';
  it('keeps every digit of the time', () => {
    expect(parseEvent(line)).toEqual({
      action: 'health_status',
      id: 'a',
      name: 'n',
      image: 'i',
      labels: { x: 'y' },
      exitCode: 3,
      unhealthy: true,
      timeNano: 1795250043295283872n,
    });
  });

  it.each([['not JSON'], ['{"timeNano":1}'], ['null'], ['{"message":"page not found"}']])('passes over %s', (text) => {
    expect(parseEvent(text)).toBeUndefined();
  });
});
