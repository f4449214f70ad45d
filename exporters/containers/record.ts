import { constants } from 'node:os';
import type { InspectedContainer } from './engine-api.ts';

/** Every state of a container that the engine knows, and `removed` for those that are gone. */
export const STATES = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const;
type ContainerState = (typeof STATES)[number] | 'removed';
const RESTART_POLICIES = ['no', 'on-failure', 'unless-stopped', 'always'] as const;
type RestartPolicy = (typeof RESTART_POLICIES)[number];
type Health = 'none' | 'starting' | 'healthy' | 'unhealthy';

/** The Compose project and service of a container; empty where it has none. */
export interface Owner {
  readonly project: string;
  readonly service: string;
}

/** How a container ended last. */
interface LastExit {
  readonly code: number;
  /** The kernel killed it because it had reached its memory limit. */
  readonly outOfMemory: boolean;
  /** Someone stopped it, or it had done its work. Undefined: it ended before this program watched. */
  readonly onPurpose?: boolean;
}

/** The configured limits. 0: no limit. */
interface Limits {
  readonly memoryBytes: number;
  readonly memoryReservationBytes: number;
  readonly cpuShares: number;
  /** Microseconds of CPU per period. */
  readonly cpuQuota: number;
  readonly cpuPeriod: number;
}

/** One container as far as it is known. Times are in seconds since 1970. */
export interface ContainerRecord {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly owner: Owner;
  readonly state: ContainerState;
  readonly health: Health;
  readonly restarts: number;
  readonly limits: Limits;
  readonly cgroupParent: string;
  /** Whether, and why, the engine starts it again after an end; `no` never. */
  readonly restartPolicy: RestartPolicy;
  /** The number of the signal by which the engine stops it. */
  readonly stopSignal: number;
  /** The engine removes it after its end. Undefined: not known. */
  readonly autoRemove?: boolean;
  /** Names by which Docker's DNS knows it. */
  readonly hosts: readonly string[];
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly lastExit?: LastExit;
  /** When the kernel last killed one of its processes for memory. */
  readonly outOfMemoryAt?: number;
  /** Kills for memory since this program knows the container. */
  readonly outOfMemoryKills: number;
}

export const NO_LIMITS: Limits = { memoryBytes: 0, memoryReservationBytes: 0, cpuShares: 0, cpuQuota: 0, cpuPeriod: 0 };

/** What a container is taken for before the engine has described it. */
export const UNKNOWN = {
  limits: NO_LIMITS,
  cgroupParent: '',
  restartPolicy: 'no',
  stopSignal: constants.signals.SIGTERM,
  hosts: [],
  outOfMemoryKills: 0,
} as const;

/** SIGRTMIN, of which signals such as `SIGRTMIN+3` (systemd) are counted. */
const RTMIN = 34;

/** The scheduler's period where only a share of CPUs (`--cpus`) is set, in microseconds. */
const DEFAULT_PERIOD = 100_000;

/** The owner that labels name. */
export function ownerOf(labels: Readonly<Record<string, string>>): Owner {
  return { project: labels['com.docker.compose.project'] ?? '', service: labels['com.docker.compose.service'] ?? '' };
}

/** Seconds since 1970 of an RFC 3339 time; undefined for the zero time, by which the engine means never. */
function seconds(time: string | undefined): number | undefined {
  const milliseconds = Date.parse(time ?? '');
  return milliseconds > 0 ? milliseconds / 1000 : undefined;
}

/** Merges an inspection with earlier events: a container that runs again no longer has its last exit. */
export function recordOf(answer: InspectedContainer, known: ContainerRecord | undefined): ContainerRecord {
  const { State = {}, Config = {} } = answer;
  const state = STATES.find((name) => name === State.Status) ?? 'created';
  const startedAt = seconds(State.StartedAt);
  const finishedAt = seconds(State.FinishedAt);
  const ended = finishedAt !== undefined && (state === 'exited' || state === 'dead' || state === 'restarting');
  const lastExit = ended ? lastExitOf(State.ExitCode ?? 0, State.OOMKilled === true, known?.lastExit) : known?.lastExit;
  const outOfMemoryAt = known?.outOfMemoryAt ?? (ended && State.OOMKilled === true ? finishedAt : undefined);
  return {
    id: answer.Id,
    name: (answer.Name ?? '').replace(/^\//, ''),
    image: Config.Image ?? '',
    owner: ownerOf(Config.Labels ?? {}),
    state,
    health: healthOf(State.Health?.Status),
    restarts: answer.RestartCount ?? 0,
    limits: limitsOf(answer),
    cgroupParent: answer.HostConfig?.CgroupParent ?? '',
    restartPolicy: RESTART_POLICIES.find((policy) => policy === answer.HostConfig?.RestartPolicy?.Name) ?? 'no',
    stopSignal: signalNumber(Config.StopSignal),
    hosts: hostsOf(answer),
    ...(answer.HostConfig?.AutoRemove === undefined ? {} : { autoRemove: answer.HostConfig.AutoRemove }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(lastExit === undefined ? {} : { lastExit }),
    ...(outOfMemoryAt === undefined ? {} : { outOfMemoryAt }),
    outOfMemoryKills: known?.outOfMemoryKills ?? 0,
  };
}

/** The number of a signal such as `SIGQUIT`, `QUIT`, `3` or `SIGRTMIN+3`; SIGTERM where there is none. */
export function signalNumber(text = ''): number {
  if (/^\d+$/.test(text)) return Number(text);
  const [, name = '', plus] = /^(?:SIG)?([A-Z]+\d*)(?:\+(\d+))?$/.exec(text.toUpperCase()) ?? [];
  if (name === 'RTMIN') return RTMIN + Number(plus ?? 0);
  return (constants.signals as Readonly<Record<string, number>>)[`SIG${name}`] ?? constants.signals.SIGTERM;
}

/** Its name and its aliases, without the short form of its id, which changes with each container. */
function hostsOf({ Id, Name = '', NetworkSettings }: InspectedContainer): readonly string[] {
  const endpoints = Object.values(NetworkSettings?.Networks ?? {});
  const names = endpoints.flatMap((endpoint) => [...(endpoint?.Aliases ?? []), ...(endpoint?.DNSNames ?? [])]);
  return [...new Set([Name.replace(/^\//, ''), ...names])].filter((host) => host !== '' && host !== Id.slice(0, 12));
}

/** Events know of a kill that the engine's own flag may not show. */
function lastExitOf(code: number, flagged: boolean, known: LastExit | undefined): LastExit {
  const same = known?.code === code ? known : undefined;
  return { code, outOfMemory: flagged, ...same, ...(flagged ? { outOfMemory: true } : {}) };
}

function healthOf(status: string | undefined): Health {
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : 'none';
}

function limitsOf({ HostConfig = {} }: InspectedContainer): Limits {
  const nano = HostConfig.NanoCpus ?? 0;
  const quota = Math.max(HostConfig.CpuQuota ?? 0, 0);
  const period = HostConfig.CpuPeriod ?? 0;
  return {
    memoryBytes: HostConfig.Memory ?? 0,
    memoryReservationBytes: HostConfig.MemoryReservation ?? 0,
    cpuShares: HostConfig.CpuShares ?? 0,
    cpuQuota: nano > 0 ? Math.round((nano / 1e9) * DEFAULT_PERIOD) : quota,
    cpuPeriod: nano > 0 || (quota > 0 && period === 0) ? DEFAULT_PERIOD : period,
  };
}
