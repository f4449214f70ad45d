/** The parts of the engine's API answers that are read. Everything may be absent: engines from 20.10 on differ, and so do cgroup v1 and v2. */

export interface ListedContainer {
  readonly Id: string;
  readonly State?: string;
  /** Display text, such as `Up 2 minutes (unhealthy)`; the only place in the list with the health. */
  readonly Status?: string;
}

export interface InspectedContainer {
  readonly Id: string;
  readonly Name?: string;
  readonly RestartCount?: number;
  readonly State?: {
    readonly Status?: string;
    readonly OOMKilled?: boolean;
    readonly ExitCode?: number;
    readonly StartedAt?: string;
    readonly FinishedAt?: string;
    readonly Health?: { readonly Status?: string };
  };
  readonly Config?: {
    readonly Image?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
    /** `SIGQUIT`, `QUIT` or `3`; absent for SIGTERM. */
    readonly StopSignal?: string;
  };
  readonly NetworkSettings?: { readonly Networks?: Readonly<Record<string, NetworkEndpoint | null>> | null };
  readonly HostConfig?: {
    readonly AutoRemove?: boolean;
    readonly RestartPolicy?: { readonly Name?: string };
    readonly Memory?: number;
    readonly MemoryReservation?: number;
    readonly CpuShares?: number;
    readonly NanoCpus?: number;
    readonly CpuQuota?: number;
    readonly CpuPeriod?: number;
    readonly CgroupParent?: string;
  };
}

/** Names by which other containers of a network reach this one; `DNSNames` from API 1.44 on. */
interface NetworkEndpoint {
  readonly Aliases?: readonly string[] | null;
  readonly DNSNames?: readonly string[] | null;
}

export interface BlockIoEntry {
  readonly major: number;
  readonly minor: number;
  /** `Read`, `Write`, `Sync`, … with cgroup v1; `read` and `write` with v2. */
  readonly op: string;
  readonly value: number;
}

export interface NetworkCounters {
  readonly rx_bytes?: number;
  readonly rx_packets?: number;
  readonly rx_errors?: number;
  readonly rx_dropped?: number;
  readonly tx_bytes?: number;
  readonly tx_packets?: number;
  readonly tx_errors?: number;
  readonly tx_dropped?: number;
}

export interface ContainerStatistics {
  /** When they were read, RFC 3339. The zero time where the container does not run. */
  readonly read?: string;
  readonly cpu_stats?: {
    readonly cpu_usage?: { readonly total_usage?: number; readonly usage_in_usermode?: number; readonly usage_in_kernelmode?: number };
    readonly throttling_data?: { readonly periods?: number; readonly throttled_periods?: number; readonly throttled_time?: number };
  };
  readonly memory_stats?: {
    readonly usage?: number;
    readonly max_usage?: number;
    readonly failcnt?: number;
    readonly stats?: Readonly<Record<string, number>>;
  };
  readonly networks?: Readonly<Record<string, NetworkCounters>>;
  readonly blkio_stats?: {
    readonly io_service_bytes_recursive?: readonly BlockIoEntry[] | null;
    readonly io_serviced_recursive?: readonly BlockIoEntry[] | null;
  };
}

export interface EngineVersion {
  readonly Version?: string;
  readonly ApiVersion?: string;
  readonly Os?: string;
  readonly Arch?: string;
  readonly KernelVersion?: string;
}

export interface EngineInfo {
  readonly CgroupDriver?: string;
  readonly CgroupVersion?: string;
  readonly Driver?: string;
}

interface UsageTotal {
  readonly TotalSize?: number;
}

/** `GET /system/df`: lists of things up to API 1.51, totals from 1.52 on. */
export interface DiskUsageAnswer {
  readonly LayersSize?: number;
  readonly Containers?: readonly { readonly SizeRw?: number }[] | null;
  readonly Volumes?: readonly { readonly UsageData?: { readonly Size?: number } | null }[] | null;
  readonly BuildCache?: readonly { readonly Size?: number; readonly Shared?: boolean }[] | null;
  readonly ImageUsage?: UsageTotal;
  readonly ContainerUsage?: UsageTotal;
  readonly VolumeUsage?: UsageTotal;
  readonly BuildCacheUsage?: UsageTotal;
}
