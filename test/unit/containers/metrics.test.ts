import { describe, expect, it } from 'vitest';
import { cadvisorFamilies } from '../../../exporters/containers/cadvisor-metrics.ts';
import { readEnvironment } from '../../../exporters/containers/environment.ts';
import { eventsPath, lineSplitter } from '../../../exporters/containers/events.ts';
import { NO_LIMITS, signalNumber, UNKNOWN, type ContainerRecord } from '../../../exporters/containers/record.ts';
import { containerFamilies, diskFamilies, engineFamilies, stopFamilies } from '../../../exporters/containers/state-metrics.ts';
import { usageOf } from '../../../exporters/containers/statistics.ts';
import { renderText, type Family } from '../../../exporters/common/text.ts';

const record: ContainerRecord = {
  ...UNKNOWN,
  id: 'abc',
  name: 'shop-web-1',
  image: 'shop:1',
  owner: { project: 'shop', service: 'web' },
  state: 'running',
  health: 'healthy',
  restarts: 0,
  startedAt: 100,
};
const usage = usageOf({
  read: '2026-11-21T08:00:00Z',
  cpu_stats: { cpu_usage: { total_usage: 1e9 }, throttling_data: { periods: 4, throttled_periods: 1 } },
  memory_stats: { usage: 10 },
  networks: { eth0: { rx_bytes: 1 }, eth1: { rx_bytes: 2 } },
  blkio_stats: { io_service_bytes_recursive: [{ major: 8, minor: 0, op: 'Read', value: 9 }] },
});
const context = { now: 1000.7, cgroupDriver: 'cgroupfs', devices: new Map([['8:0', '/dev/sda']]) };
const lines = (families: readonly Family[], name: string): string[] =>
  renderText(families)
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
const LABELS =
  'id="/docker/abc",image="shop:1",name="shop-web-1",container_label_com_docker_compose_project="shop",container_label_com_docker_compose_service="web"';

describe('cadvisorFamilies', () => {
  const families = cadvisorFamilies([{ record, usage }], context);
  it('has cAdvisor’s names and labels, and the time of the reading', () => {
    const at = Date.UTC(2026, 10, 21, 8);
    expect(lines(families, 'container_cpu_usage_seconds_total')).toEqual([
      `container_cpu_usage_seconds_total{${LABELS},cpu="total"} 1 ${at}`,
    ]);
    expect(lines(families, 'container_last_seen')).toEqual([`container_last_seen{${LABELS}} 1000`]);
    expect(lines(families, 'container_network_receive_bytes_total')).toEqual([
      `container_network_receive_bytes_total{${LABELS},interface="eth0"} 1 ${at}`,
      `container_network_receive_bytes_total{${LABELS},interface="eth1"} 2 ${at}`,
    ]);
    expect(lines(families, 'container_fs_reads_bytes_total')).toEqual([
      `container_fs_reads_bytes_total{${LABELS},device="/dev/sda"} 9 ${at}`,
    ]);
  });

  it('has CPU periods only of a container with a quota', () => {
    expect(lines(families, 'container_cpu_cfs_periods_total')).toEqual([]);
    const limited = { ...record, limits: { ...NO_LIMITS, cpuQuota: 50_000, cpuPeriod: 100_000 } };
    expect(lines(cadvisorFamilies([{ record: limited, usage }], context), 'container_cpu_cfs_throttled_periods_total')).toHaveLength(1);
  });

  it('shows a container that has no reading yet, without figures', () => {
    const bare = cadvisorFamilies([{ record, usage: undefined }], context);
    expect(lines(bare, 'container_last_seen')).toHaveLength(1);
    expect(lines(bare, 'container_memory_working_set_bytes')).toEqual([]);
  });

  it.each([
    ['healthy', 1],
    ['starting', 0],
    ['unhealthy', 0],
    ['none', -1],
  ] as const)('counts %s as %d', (health, value) => {
    const [line = ''] = lines(cadvisorFamilies([{ record: { ...record, health }, usage }], context), 'container_health_state');
    expect(line.endsWith(`} ${value}`)).toBe(true);
  });

  it.each([
    ['systemd', '', '/system.slice/docker-abc.scope'],
    ['systemd', 'mine.slice', '/mine.slice/docker-abc.scope'],
    ['cgroupfs', '/mine/', '/mine/abc'],
  ])('calls the control group of %s with the parent "%s" %s', (cgroupDriver, cgroupParent, id) => {
    const [line = ''] = lines(
      cadvisorFamilies([{ record: { ...record, cgroupParent }, usage }], { ...context, cgroupDriver }),
      'container_last_seen',
    );
    expect(line).toContain(`{id="${id}",`);
  });
});

describe('containerFamilies', () => {
  it('leave out what is not known', () => {
    expect(lines(containerFamilies([record]), 'docker_container_last_exit_code')).toEqual([]);
    expect(lines(containerFamilies([record]), 'docker_container_oom_killed')).toEqual([]);
    const ended = containerFamilies([{ ...record, state: 'exited', lastExit: { code: 3, outOfMemory: false } }]);
    expect(lines(ended, 'docker_container_last_exit_code')[0]).toMatch(/ 3$/);
    expect(lines(ended, 'docker_container_oom_killed')[0]).toMatch(/ 0$/);
  });

  it('survive hostile names', () => {
    const text = renderText(containerFamilies([{ ...record, image: 'a"b\\c\nd' }]));
    expect(text).toContain('image="a\\"b\\\\c\\nd"');
    expect(text.split('\n').filter((line) => line.startsWith('d'))).toHaveLength(
      text.split('\n').filter((line) => line.startsWith('docker_')).length,
    );
  });
});

it('engineFamilies count every state, also those that no container is in', () => {
  const families = engineFamilies({ Version: '20.10.24' }, { CgroupVersion: '2' }, [record, { ...record, state: 'exited' }]);
  const counts = families.find(({ name }) => name === 'docker_engine_containers')?.samples ?? [];
  expect(Object.fromEntries(counts.map(({ labels, value }) => [labels?.['state'], value]))).toEqual({
    created: 0,
    running: 1,
    paused: 0,
    restarting: 0,
    removing: 0,
    exited: 1,
    dead: 0,
  });
});

describe('diskFamilies', () => {
  const sizes = (families: readonly Family[]) =>
    Object.fromEntries(families[0]?.samples.map(({ labels, value }) => [labels?.['type'], value]) ?? []);
  it('add up what engines before 29 list', () => {
    const answer = {
      LayersSize: 100,
      Containers: [{ SizeRw: 1 }, {}],
      // -1: unknown to the driver of that volume.
      Volumes: [{ UsageData: { Size: 20 } }, { UsageData: { Size: -1 } }, { UsageData: null }],
      BuildCache: [
        { Size: 3, Shared: false },
        { Size: 50, Shared: true },
      ],
    };
    expect(sizes(diskFamilies(answer, 1))).toEqual({ images: 100, containers: 1, volumes: 20, build_cache: 3 });
    expect(sizes(diskFamilies({ LayersSize: 0, Containers: null, Volumes: null, BuildCache: null }, 1))).toEqual({
      images: 0,
      containers: 0,
      volumes: 0,
      build_cache: 0,
    });
  });

  it('take the totals of newer ones', () => {
    const total = (TotalSize: number) => ({ TotalSize });
    const answer = { ImageUsage: total(1), ContainerUsage: total(2), VolumeUsage: total(3), BuildCacheUsage: total(4) };
    expect(sizes(diskFamilies(answer, 1))).toEqual({ images: 1, containers: 2, volumes: 3, build_cache: 4 });
  });
});

describe('readEnvironment', () => {
  it('has a default for everything', () => {
    expect(readEnvironment({})).toEqual({ port: 9417, engine: 'http://docker-socket-proxy:2375', statistics: false });
    expect(readEnvironment({ ENGINE: 'unix:///var/run/docker.sock', STATISTICS: 'on' })).toMatchObject({ statistics: true });
  });

  it('names everything that is wrong', () => {
    expect(() => readEnvironment({ PORT: 'x', ENGINE: 'tcp://a', STATISTICS: 'yes' })).toThrow(/PORT.*; ENGINE.*; STATISTICS/);
  });
});

describe('the event stream', () => {
  it('begins at the very moment of the last event', () => {
    expect(eventsPath(1_795_250_043_000_000_872n)).toMatch(/^\/events\?since=1795250043\.000000872&filters=%7B/);
  });

  it('is cut into lines wherever its pieces end', () => {
    const found: string[] = [];
    const take = lineSplitter((line) => found.push(line));
    for (const piece of ['{"a"', ':1}\n{"b":2}\r\n\n{"c', '":3}\n']) take(piece);
    expect(found.map((line) => line.trim())).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
  });
});

describe('stopFamilies', () => {
  it('names the service, or the container that has none', () => {
    const at = { planned: { at: 5, name: 'x' }, failedAt: 4, hosts: ['web'] };
    const successor = { at: 6, name: 'y', image: 'i' };
    const text = renderText(
      stopFamilies([
        { owner: record.owner, name: '', ...at, successor },
        { owner: { project: '', service: '' }, name: 'x', ...at },
      ]),
    );
    const service = 'container_label_com_docker_compose_project="shop",container_label_com_docker_compose_service="web",unit="shop/web"';
    const plain = 'unit="x"';
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      `docker_service_planned_stop_timestamp_seconds{${service}} 5`,
      `docker_service_planned_stop_timestamp_seconds{${plain}} 5`,
      `docker_service_successor_start_timestamp_seconds{${service}} 6`,
      `docker_service_replaced_info{${service},stopped="x",replaced_by="y",image="i"} 1`,
      `docker_service_failure_timestamp_seconds{${service}} 4`,
      `docker_service_failure_timestamp_seconds{${plain}} 4`,
      `docker_service_host_info{${service},host="web"} 1`,
      `docker_service_host_info{${plain},host="web"} 1`,
    ]);
  });
});

describe('signalNumber', () => {
  it.each([
    ['', 15],
    ['SIGQUIT', 3],
    ['quit', 3],
    ['2', 2],
    ['SIGWINCH', 28],
    ['SIGRTMIN+3', 37],
    ['SIGNONE', 15],
  ])('%s', (text, number) => {
    expect(signalNumber(text)).toBe(number);
  });
});
