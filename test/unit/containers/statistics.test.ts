import { describe, expect, it } from 'vitest';
import type { ContainerStatistics } from '../../../exporters/containers/engine-api.ts';
import { deviceNames, usageOf } from '../../../exporters/containers/statistics.ts';

const cpu = {
  cpu_usage: { total_usage: 2_500_000_000, usage_in_usermode: 2_000_000_000, usage_in_kernelmode: 500_000_000 },
  throttling_data: { periods: 100, throttled_periods: 25, throttled_time: 750_000_000 },
};
const v1: ContainerStatistics = {
  read: '2026-11-21T08:00:00.5Z',
  cpu_stats: cpu,
  memory_stats: {
    usage: 1000,
    max_usage: 1500,
    failcnt: 3,
    stats: {
      inactive_file: 1,
      total_inactive_file: 200,
      total_active_file: 80,
      active_file: 1,
      rss: 2,
      total_rss: 600,
      total_cache: 300,
      total_mapped_file: 50,
      total_swap: 7,
    },
  },
  networks: { eth0: { rx_bytes: 1, tx_bytes: 2 } },
  blkio_stats: {
    io_service_bytes_recursive: [
      { major: 8, minor: 0, op: 'Read', value: 10 },
      { major: 8, minor: 0, op: 'Write', value: 20 },
      { major: 8, minor: 0, op: 'Total', value: 30 },
      { major: 8, minor: 16, op: 'Read', value: 40 },
    ],
    io_serviced_recursive: [{ major: 8, minor: 0, op: 'Read', value: 5 }],
  },
};
const v2: ContainerStatistics = {
  read: '2026-11-21T08:00:00Z',
  cpu_stats: cpu,
  memory_stats: { usage: 1000, stats: { inactive_file: 200, active_file: 80, anon: 600, file: 300, file_mapped: 50 } },
  blkio_stats: {
    io_service_bytes_recursive: [
      { major: 254, minor: 0, op: 'read', value: 10 },
      { major: 254, minor: 0, op: 'write', value: 20 },
    ],
    io_serviced_recursive: null,
  },
};

describe('usageOf', () => {
  it('reads cgroup v1: a group together with its children', () => {
    expect(usageOf(v1)).toEqual({
      at: Date.UTC(2026, 10, 21, 8, 0, 0, 500),
      cpu: { total: 2.5, user: 2, system: 0.5 },
      throttling: { periods: 100, throttledPeriods: 25, throttledSeconds: 0.75 },
      memory: { usage: 1000, workingSet: 800, activeFile: 80, rss: 600, cache: 300, mappedFile: 50, swap: 7, maxUsage: 1500, failures: 3 },
      networks: { eth0: { rx_bytes: 1, tx_bytes: 2 } },
      disks: [
        { device: '8:0', readBytes: 10, writtenBytes: 20, reads: 5, writes: 0 },
        { device: '8:16', readBytes: 40, writtenBytes: 0, reads: 0, writes: 0 },
      ],
    });
  });

  it('reads cgroup v2, which has other names and fewer figures', () => {
    const usage = usageOf(v2);
    expect(usage?.memory).toEqual({ usage: 1000, workingSet: 800, activeFile: 80, rss: 600, cache: 300, mappedFile: 50 });
    expect(usage?.disks).toEqual([{ device: '254:0', readBytes: 10, writtenBytes: 20, reads: 0, writes: 0 }]);
    expect(usage?.networks).toEqual({});
  });

  it('gives no negative working set when the two figures were read a moment apart', () => {
    expect(usageOf({ ...v2, memory_stats: { usage: 100, stats: { inactive_file: 200 } } })?.memory.workingSet).toBe(0);
  });

  it.each<[string, ContainerStatistics]>([
    ['zeroes of a container that just stopped', { ...v1, read: '0001-01-01T00:00:00Z' }],
    ['no memory', { ...v1, memory_stats: {} }],
    ['nothing', {}],
  ])('takes %s for no reading', (_, answer) => {
    expect(usageOf(answer)).toBeUndefined();
  });
});

it('deviceNames reads /proc/partitions', () => {
  const names = deviceNames('major minor  #blocks  name\n\n   8        0  268435456 sda\n 253       12       1024 dm-12\n');
  expect([...names]).toEqual([
    ['8:0', '/dev/sda'],
    ['253:12', '/dev/dm-12'],
  ]);
});
