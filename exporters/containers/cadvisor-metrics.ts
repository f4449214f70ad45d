import type { Family, Sample } from '../common/text.ts';
import type { ContainerRecord } from './record.ts';
import type { Usage } from './statistics.ts';

/** A running container with its last reading; without one where the engine has not given it yet. */
interface Running {
  readonly record: ContainerRecord;
  readonly usage: Usage | undefined;
}

interface CadvisorContext {
  /** Seconds since 1970. */
  readonly now: number;
  /** `cgroupfs` or `systemd`: decides what a control group is called. */
  readonly cgroupDriver: string;
  readonly devices: ReadonlyMap<string, string>;
}

type Labels = Readonly<Record<string, string>>;
type Values = (container: Running) => readonly (readonly [number | undefined, Labels?])[];

/** Running containers under the names and labels that cAdvisor gives them, so that the same rules and dashboards read both. */
export function cadvisorFamilies(containers: readonly Running[], context: CadvisorContext): readonly Family[] {
  const labelled = containers.map((container) => ({ container, labels: labelsOf(container.record, context.cgroupDriver) }));
  const family = (about: Pick<Family, 'name' | 'help' | 'type'>, values: Values, dated: boolean): Family => ({
    ...about,
    samples: labelled.flatMap(({ container, labels }) =>
      values(container).flatMap(([value, more = {}]): Sample[] =>
        value === undefined
          ? []
          : [{ labels: { ...labels, ...more }, value, ...(dated && container.usage !== undefined ? { at: container.usage.at } : {}) }],
      ),
    ),
  });
  const ofRecord = (name: string, help: string, value: (record: ContainerRecord) => number | undefined, type: Family['type'] = 'gauge') =>
    family({ type, name, help }, ({ record }) => [[value(record)]], false);
  const ofUsage = (
    type: Family['type'],
    name: string,
    help: string,
    values: (usage: Usage, record: ContainerRecord) => ReturnType<Values>,
  ) => family({ type, name, help }, ({ usage, record }) => (usage === undefined ? [] : values(usage, record)), true);
  return [
    ofRecord('container_last_seen', 'When the container was last seen.', () => Math.floor(context.now)),
    ofRecord('container_start_time_seconds', 'When the container was started.', ({ startedAt }) => startedAt),
    ofRecord('container_health_state', '1 healthy, 0 unhealthy or starting, -1 without a health check.', ({ health }) =>
      health === 'none' ? -1 : Number(health === 'healthy'),
    ),
    ofRecord('container_oom_events_total', 'Kills for memory.', ({ outOfMemoryKills }) => outOfMemoryKills, 'counter'),
    ofRecord('container_spec_memory_limit_bytes', 'Memory limit; 0 is none.', ({ limits }) => limits.memoryBytes),
    ofRecord('container_spec_memory_reservation_limit_bytes', 'Memory reservation.', ({ limits }) => limits.memoryReservationBytes),
    ofRecord('container_spec_cpu_shares', 'CPU shares.', ({ limits }) => limits.cpuShares || undefined),
    ofRecord('container_spec_cpu_quota', 'CPU quota, microseconds per period.', ({ limits }) => limits.cpuQuota || undefined),
    ofRecord('container_spec_cpu_period', 'CPU period, microseconds.', ({ limits }) => limits.cpuPeriod || undefined),
    ...cpuFamilies(ofUsage),
    ...memoryFamilies(ofUsage),
    ...networkFamilies(ofUsage),
    ...diskFamilies(ofUsage, context.devices),
  ];
}

type OfUsage = (
  type: Family['type'],
  name: string,
  help: string,
  values: (usage: Usage, record: ContainerRecord) => ReturnType<Values>,
) => Family;

function cpuFamilies(of: OfUsage): readonly Family[] {
  // Only a container with a quota has periods.
  const limited = (value: number, { limits }: ContainerRecord): ReturnType<Values> => [[limits.cpuQuota > 0 ? value : undefined]];
  return [
    of('counter', 'container_cpu_usage_seconds_total', 'CPU time.', ({ cpu }) => [[cpu.total, { cpu: 'total' }]]),
    of('counter', 'container_cpu_user_seconds_total', 'CPU time in user mode.', ({ cpu }) => [[cpu.user]]),
    of('counter', 'container_cpu_system_seconds_total', 'CPU time in the kernel.', ({ cpu }) => [[cpu.system]]),
    of('counter', 'container_cpu_cfs_periods_total', 'CPU periods.', ({ throttling }, record) => limited(throttling.periods, record)),
    of('counter', 'container_cpu_cfs_throttled_periods_total', 'CPU periods that were cut short.', ({ throttling }, record) =>
      limited(throttling.throttledPeriods, record),
    ),
    of(
      'counter',
      'container_cpu_cfs_throttled_seconds_total',
      'Time that the container was stopped for its quota.',
      ({ throttling }, record) => limited(throttling.throttledSeconds, record),
    ),
  ];
}

function memoryFamilies(of: OfUsage): readonly Family[] {
  return [
    of('gauge', 'container_memory_usage_bytes', 'Memory in use, caches among it.', ({ memory }) => [[memory.usage]]),
    of('gauge', 'container_memory_working_set_bytes', 'Memory without the file pages that were not used lately.', ({ memory }) => [
      [memory.workingSet],
    ]),
    of('gauge', 'container_memory_total_active_file_bytes', 'File pages that were used lately.', ({ memory }) => [[memory.activeFile]]),
    of('gauge', 'container_memory_rss', 'Anonymous memory.', ({ memory }) => [[memory.rss]]),
    of('gauge', 'container_memory_cache', 'Page cache.', ({ memory }) => [[memory.cache]]),
    of('gauge', 'container_memory_mapped_file', 'Mapped files.', ({ memory }) => [[memory.mappedFile]]),
    of('gauge', 'container_memory_swap', 'Swap in use.', ({ memory }) => [[memory.swap]]),
    of('gauge', 'container_memory_max_usage_bytes', 'The most that was ever in use (cgroup v1).', ({ memory }) => [[memory.maxUsage]]),
    of('counter', 'container_memory_failcnt', 'Times that the limit was hit (cgroup v1).', ({ memory }) => [[memory.failures]]),
  ];
}

function networkFamilies(of: OfUsage): readonly Family[] {
  const directions = [
    ['receive', 'rx'],
    ['transmit', 'tx'],
  ] as const;
  const kinds = [
    ['bytes', 'bytes'],
    ['packets', 'packets'],
    ['errors', 'errors'],
    ['packets_dropped', 'dropped'],
  ] as const;
  return directions.flatMap(([direction, short]) =>
    kinds.map(([kind, field]) =>
      of('counter', `container_network_${direction}_${kind}_total`, `Network: ${direction} ${kind.replace('_', ' ')}.`, ({ networks }) =>
        Object.entries(networks).map(([name, counters]) => [counters[`${short}_${field}`], { interface: name }] as const),
      ),
    ),
  );
}

function diskFamilies(of: OfUsage, devices: ReadonlyMap<string, string>): readonly Family[] {
  const kinds = [
    ['reads_bytes', 'Bytes read', 'readBytes'],
    ['writes_bytes', 'Bytes written', 'writtenBytes'],
    ['reads', 'Reads', 'reads'],
    ['writes', 'Writes', 'writes'],
  ] as const;
  return kinds.map(([kind, help, field]) =>
    of('counter', `container_fs_${kind}_total`, `${help}, by block device.`, ({ disks }) =>
      disks.map((disk) => [disk[field], { device: devices.get(disk.device) ?? disk.device }] as const),
    ),
  );
}

function labelsOf({ id, name, image, owner, cgroupParent }: ContainerRecord, driver: string): Labels {
  return {
    id: driver === 'systemd' ? `/${cgroupParent || 'system.slice'}/docker-${id}.scope` : `${slashed(cgroupParent || 'docker')}/${id}`,
    image,
    name,
    container_label_com_docker_compose_project: owner.project,
    container_label_com_docker_compose_service: owner.service,
  };
}

const slashed = (path: string): string => `/${path.replace(/^\/|\/$/g, '')}`;
