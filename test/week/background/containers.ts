import type { Target } from '../shared/event.ts';
import { clock, counts, type Shapes } from '../shared/shapes.ts';
import { TARGETS } from '../shared/targets.ts';

const MB = 1e6;
const PROJECT = 'shop';

/** The services of the watched Compose project. Targets reach each by its name. */
const SERVICES = ['web', 'worker', 'db', 'cache', 'proxy'];

/** The labels by which container exporter names a service. */
export const serviceLabels = (service: string): string =>
  `container_label_com_docker_compose_project="${PROJECT}", container_label_com_docker_compose_service="${service}"`;

/** The labels by which container exporter names what is stopped and replaced together. */
export const unitLabels = (service: string): string => `unit="${PROJECT}/${service}", ${serviceLabels(service)}`;

/** What cAdvisor says about a container. A container that is made anew has another id. */
export function usageOf(service: string, id = `/docker/${service}-1`, name = `${PROJECT}-${service}-1`): Shapes {
  const own = `id="${id}", image="${PROJECT}/${service}:1", name="${name}"`;
  const labels = `{${serviceLabels(service)}, ${own}}`;
  return {
    [`container_last_seen${labels}`]: clock(5),
    [`container_start_time_seconds${labels}`]: -80_000,
    [`container_health_state${labels}`]: 1,
    [`container_memory_working_set_bytes${labels}`]: 220 * MB,
    [`container_memory_usage_bytes${labels}`]: 300 * MB,
    [`container_memory_rss${labels}`]: 160 * MB,
    [`container_memory_total_inactive_file_bytes${labels}`]: 80 * MB,
    [`container_memory_total_active_file_bytes${labels}`]: 40 * MB,
    [`container_spec_memory_limit_bytes${labels}`]: 512 * MB,
    [`container_oom_events_total${labels}`]: counts(0),
    [`container_cpu_cfs_periods_total{${own}}`]: counts(8),
    [`container_cpu_cfs_throttled_periods_total{${own}}`]: counts(0.2),
  };
}

/** What container exporter says about a container, which it knows by its name. */
export function stateOf(service: string, name = `${PROJECT}-${service}-1`): Shapes {
  const labels = `${serviceLabels(service)}, name="${name}"`;
  return {
    [`docker_container_state{${labels}, state="running"}`]: 1,
    [`docker_container_state{${labels}, state="exited"}`]: 0,
    [`docker_container_state{${labels}, state="created"}`]: 0,
    [`docker_container_restarts_total{${labels}}`]: counts(0),
    [`docker_container_last_exit_code{${labels}}`]: 0,
    [`docker_container_finish_timestamp_seconds{${labels}}`]: -80_010,
  };
}

/** The containers of a web shop. */
export const containerTargets: readonly Target[] = [
  { labels: TARGETS.cadvisor, series: Object.assign({}, ...SERVICES.map((service) => usageOf(service))) as Shapes },
  {
    labels: TARGETS.containers,
    series: {
      docker_engine_up: 1,
      docker_event_stream_connected: 1,
      ...(Object.assign({}, ...SERVICES.map((service) => stateOf(service))) as Shapes),
    },
  },
];
