import { counter, gauge, type Family, type Sample } from '../common/text.ts';
import type { DiskUsageAnswer, EngineInfo, EngineVersion } from './engine-api.ts';
import { STATES, type ContainerRecord, type Owner } from './record.ts';
import type { UnitStops } from './stops.ts';
import type { Count } from './tally.ts';

type Labels = Readonly<Record<string, string>>;

/** The labels that cAdvisor has for the owner, so that both join. */
function ownerLabels({ project, service }: Owner): Labels {
  return { container_label_com_docker_compose_project: project, container_label_com_docker_compose_service: service };
}

/** What the engine says of each container that cAdvisor does not. */
export function containerFamilies(records: readonly ContainerRecord[]): readonly Family[] {
  const each = (value: (record: ContainerRecord) => number | undefined, more: (record: ContainerRecord) => Labels = () => ({})): Sample[] =>
    records.flatMap((record) => {
      const known = value(record);
      return known === undefined ? [] : [{ labels: { name: record.name, ...ownerLabels(record.owner), ...more(record) }, value: known }];
    });
  const one = (): number => 1;
  return [
    gauge(
      'docker_container_info',
      'Id and image of a container.',
      each(one, ({ id, image }) => ({ id, image })),
    ),
    gauge(
      'docker_container_state',
      'The state that a container is in.',
      each(one, ({ state }) => ({ state })),
    ),
    gauge(
      'docker_container_health',
      'What the health check says.',
      each(one, ({ health }) => ({ health })),
    ),
    gauge(
      'docker_container_restart_policy',
      'Whether, and why, the engine starts it again after an end.',
      each(one, ({ restartPolicy }) => ({ policy: restartPolicy })),
    ),
    counter(
      'docker_container_restarts_total',
      'Starts by the restart policy since the last start by hand.',
      each(({ restarts }) => restarts),
    ),
    gauge(
      'docker_container_last_exit_code',
      'Exit code of the last end; of a container that runs, of the end before.',
      each(({ lastExit }) => lastExit?.code),
    ),
    gauge(
      'docker_container_oom_killed',
      '1: the last end was a kill for memory.',
      each(({ lastExit }) => (lastExit === undefined ? undefined : Number(lastExit.outOfMemory))),
    ),
    gauge(
      'docker_container_ended_on_purpose',
      '1: someone stopped it, or it had done its work; 0: it ended by itself. Only of ends since this exporter watches.',
      each(({ lastExit }) => (lastExit?.onPurpose === undefined ? undefined : Number(lastExit.onPurpose))),
    ),
    gauge(
      'docker_container_last_oom_kill_timestamp_seconds',
      'When the kernel last killed one of its processes for memory.',
      each(({ outOfMemoryAt }) => outOfMemoryAt),
    ),
    gauge(
      'docker_container_start_timestamp_seconds',
      'When it was last started.',
      each(({ startedAt }) => startedAt),
    ),
    gauge(
      'docker_container_finish_timestamp_seconds',
      'When it last ended.',
      each(({ finishedAt }) => finishedAt),
    ),
  ];
}

/** Counters of what happened, by Compose project and service: they also hold what lived and died between two scrapes. */
export function tallyFamilies(counts: readonly Count[]): readonly Family[] {
  const each = (value: (count: Count) => number): Sample[] =>
    counts.map((count) => ({ labels: ownerLabels(count.owner), value: value(count) }));
  return [
    counter(
      'docker_container_starts_total',
      'Starts of containers.',
      each(({ starts }) => starts),
    ),
    counter(
      'docker_container_exits_total',
      'Ends of containers, by exit code. A code is shown from its first end on; 0 always.',
      counts.flatMap(({ owner, exits }) =>
        [...exits].map(([code, value]) => ({ labels: { ...ownerLabels(owner), exit_code: String(code) }, value })),
      ),
    ),
    counter(
      'docker_container_unplanned_exits_total',
      'Ends that no one asked for, and that were no success.',
      each(({ failures }) => failures),
    ),
    counter(
      'docker_container_oom_kills_total',
      'Kills for memory.',
      each(({ outOfMemoryKills }) => outOfMemoryKills),
    ),
  ];
}

/** Stops on purpose and failures, by Compose service; of a container without one, by its name. */
export function stopFamilies(units: readonly UnitStops[]): readonly Family[] {
  const labelsOf = ({ owner, name }: UnitStops): Labels => ({
    ...ownerLabels(owner),
    unit: [owner.project, owner.service, name].filter((part) => part !== '').join('/'),
  });
  const each = (value: (unit: UnitStops) => number | undefined): Sample[] =>
    units.flatMap((unit) => {
      const known = value(unit);
      return known === undefined ? [] : [{ labels: labelsOf(unit), value: known }];
    });
  return [
    gauge(
      'docker_service_planned_stop_timestamp_seconds',
      'When one of its containers was last stopped on purpose.',
      each(({ planned }) => planned?.at),
    ),
    gauge(
      'docker_service_successor_start_timestamp_seconds',
      'When the first container was started after that.',
      each(({ successor }) => successor?.at),
    ),
    gauge(
      'docker_service_replaced_info',
      'The container that was stopped on purpose, and its successor.',
      units.flatMap((unit) => {
        const { planned, successor } = unit;
        if (planned === undefined || successor === undefined) return [];
        return [{ labels: { ...labelsOf(unit), stopped: planned.name, replaced_by: successor.name, image: successor.image }, value: 1 }];
      }),
    ),
    gauge(
      'docker_service_failure_timestamp_seconds',
      'When one of its containers last ended by itself or became unhealthy.',
      each(({ failedAt }) => failedAt),
    ),
    gauge(
      'docker_service_host_info',
      "Names by which Docker's DNS knows the containers of a service that was stopped on purpose.",
      units.flatMap((unit) =>
        unit.planned === undefined ? [] : unit.hosts.map((host) => ({ labels: { ...labelsOf(unit), host }, value: 1 })),
      ),
    ),
  ];
}

/** What the engine says of itself. */
export function engineFamilies(version: EngineVersion, info: EngineInfo, live: readonly ContainerRecord[]): readonly Family[] {
  const labels = {
    version: version.Version ?? '',
    api_version: version.ApiVersion ?? '',
    os: version.Os ?? '',
    arch: version.Arch ?? '',
    kernel: version.KernelVersion ?? '',
    storage_driver: info.Driver ?? '',
    cgroup_version: info.CgroupVersion ?? '',
  };
  return [
    gauge('docker_engine_info', 'Version of the engine.', [{ labels, value: 1 }]),
    gauge(
      'docker_engine_containers',
      'Containers by state.',
      STATES.map((state) => ({ labels: { state }, value: live.filter((record) => record.state === state).length })),
    ),
  ];
}

/** Disk used, in bytes. Layers that images share count once. */
export function diskFamilies(answer: DiskUsageAnswer, at: number): readonly Family[] {
  const sum = <T>(items: readonly T[] | null | undefined, size: (item: T) => number | undefined): number | undefined =>
    items === undefined ? undefined : (items ?? []).reduce((total, item) => total + Math.max(size(item) ?? 0, 0), 0);
  const sizes = {
    images: answer.ImageUsage?.TotalSize ?? answer.LayersSize,
    containers: answer.ContainerUsage?.TotalSize ?? sum(answer.Containers, ({ SizeRw }) => SizeRw),
    volumes: answer.VolumeUsage?.TotalSize ?? sum(answer.Volumes, ({ UsageData }) => UsageData?.Size),
    // A shared entry is part of an image and counted there.
    build_cache: answer.BuildCacheUsage?.TotalSize ?? sum(answer.BuildCache, ({ Size, Shared }) => (Shared === true ? 0 : Size)),
  };
  return [
    gauge(
      'docker_engine_disk_usage_bytes',
      'Disk used by what the engine keeps.',
      Object.entries(sizes).flatMap(([type, value]) => (value === undefined ? [] : [{ labels: { type }, value }])),
    ),
    gauge('docker_engine_disk_usage_timestamp_seconds', 'When the disk was measured.', at),
  ];
}
