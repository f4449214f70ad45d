import type { BlockIoEntry, ContainerStatistics, NetworkCounters } from './engine-api.ts';

/** What a container uses, the same for cgroup v1 and v2. Undefined: the engine does not report it. */
export interface Usage {
  /** When it was read, milliseconds since 1970. */
  readonly at: number;
  /** Seconds of CPU since the container's start. */
  readonly cpu: { readonly total: number; readonly user: number; readonly system: number };
  readonly throttling: { readonly periods: number; readonly throttledPeriods: number; readonly throttledSeconds: number };
  readonly memory: {
    readonly usage: number;
    /** What the kernel cannot take back without writing: usage without inactive file pages. */
    readonly workingSet: number;
    /** File pages that were used lately. The kernel takes them back where memory is short. */
    readonly activeFile: number;
    readonly rss: number;
    readonly cache: number;
    readonly mappedFile: number;
    readonly swap?: number;
    readonly maxUsage?: number;
    readonly failures?: number;
  };
  readonly networks: Readonly<Record<string, NetworkCounters>>;
  readonly disks: readonly DiskUsage[];
}

/** Reads and writes of one block device. */
interface DiskUsage {
  /** `major:minor`. */
  readonly device: string;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly reads: number;
  readonly writes: number;
}

const NANOSECONDS = 1e9;

/** Reads an answer of `/containers/<id>/stats`; undefined where the container did not run any more. */
export function usageOf(answer: ContainerStatistics): Usage | undefined {
  const at = Date.parse(answer.read ?? '');
  const { cpu_usage: cpu, throttling_data: throttling = {} } = answer.cpu_stats ?? {};
  // A container that stopped in between has an answer of zeroes, dated in the year 1.
  if (!(at > 0) || cpu?.total_usage === undefined || answer.memory_stats?.usage === undefined) return undefined;
  return {
    at,
    cpu: {
      total: cpu.total_usage / NANOSECONDS,
      user: (cpu.usage_in_usermode ?? 0) / NANOSECONDS,
      system: (cpu.usage_in_kernelmode ?? 0) / NANOSECONDS,
    },
    throttling: {
      periods: throttling.periods ?? 0,
      throttledPeriods: throttling.throttled_periods ?? 0,
      throttledSeconds: (throttling.throttled_time ?? 0) / NANOSECONDS,
    },
    memory: memoryOf(answer.memory_stats),
    networks: answer.networks ?? {},
    disks: disksOf(answer.blkio_stats),
  };
}

/** cgroup v1 counts a group without its children in plain names and with them in `total_…`; v2 has one name, and others for some. */
function memoryOf(memory: NonNullable<ContainerStatistics['memory_stats']>): Usage['memory'] {
  const { usage = 0, max_usage: maxUsage, failcnt: failures, stats = {} } = memory;
  const inactiveFile = stats['total_inactive_file'] ?? stats['inactive_file'] ?? 0;
  const swap = stats['total_swap'] ?? stats['swap'];
  return {
    usage,
    workingSet: Math.max(usage - inactiveFile, 0),
    activeFile: stats['total_active_file'] ?? stats['active_file'] ?? 0,
    rss: stats['total_rss'] ?? stats['anon'] ?? 0,
    cache: stats['total_cache'] ?? stats['file'] ?? 0,
    mappedFile: stats['total_mapped_file'] ?? stats['file_mapped'] ?? 0,
    ...(swap === undefined ? {} : { swap }),
    ...(maxUsage === undefined ? {} : { maxUsage }),
    ...(failures === undefined ? {} : { failures }),
  };
}

/** v1 writes `Read`, v2 `read`; sums that v1 adds (`Total`, `Sync`, `Async`) are not taken, or all would count twice. */
function disksOf(blkio: ContainerStatistics['blkio_stats']): readonly DiskUsage[] {
  const disks = new Map<string, { device: string; readBytes: number; writtenBytes: number; reads: number; writes: number }>();
  const add = (
    entries: readonly BlockIoEntry[] | null | undefined,
    read: 'readBytes' | 'reads',
    write: 'writtenBytes' | 'writes',
  ): void => {
    for (const { major, minor, op, value } of entries ?? []) {
      const device = `${major}:${minor}`;
      const disk = disks.get(device) ?? { device, readBytes: 0, writtenBytes: 0, reads: 0, writes: 0 };
      disks.set(device, disk);
      if (op.toLowerCase() === 'read') disk[read] += value;
      if (op.toLowerCase() === 'write') disk[write] += value;
    }
  };
  add(blkio?.io_service_bytes_recursive, 'readBytes', 'writtenBytes');
  add(blkio?.io_serviced_recursive, 'reads', 'writes');
  return [...disks.values()];
}

/** Names of block devices by `major:minor`, from `/proc/partitions`. */
export function deviceNames(partitions: string): ReadonlyMap<string, string> {
  return new Map(
    partitions.split('\n').flatMap((line) => {
      const [, major, minor, name] = /^\s*(\d+)\s+(\d+)\s+\d+\s+(\S+)/.exec(line) ?? [];
      return name === undefined ? [] : [[`${major}:${minor}`, `/dev/${name}`] as const];
    }),
  );
}
