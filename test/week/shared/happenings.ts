import { secondsOf } from '../../../scripts/rules/samples.ts';
import { background } from '../background/index.ts';
import { serviceLabels, unitLabels, usageOf } from '../background/containers.ts';
import { added, are, between, EVERYTHING, gone, reset, since, type Happening } from './event.ts';
import { counts, type Shapes } from './shapes.ts';
import { all, TARGETS } from './targets.ts';

type TargetName = keyof typeof TARGETS;

/** A target does not answer; then its process is a new one. */
export function away(name: TargetName, from: string, to: string): readonly Happening[] {
  const own = all(TARGETS[name]);
  return [between(from, to, are({ [`up${own}`]: 0 }), gone(own)), ...startedAnew(name, to)];
}

/** The process of a target is a new one. */
function startedAnew(name: TargetName, at: string): readonly Happening[] {
  const own = all(TARGETS[name]);
  const { series = {} } = background.find(({ labels }) => labels === TARGETS[name]) ?? {};
  return [
    ...(Object.keys(series).length === 0 ? [] : [since(at, reset(own))]),
    ...('process_start_time_seconds' in series ? [since(at, are({ [`process_start_time_seconds${own}`]: secondsOf(at) }))] : []),
  ];
}

/** What a database's exporter says while it gets no answer: that it is down, and nothing else. */
export function refusing(name: TargetName, up: string, from: string, to: string): readonly Happening[] {
  const own = all(TARGETS[name]);
  return [between(from, to, gone(own), are({ [`${up}${own}`]: 0 })), since(to, reset(own))];
}

/** A container is stopped on purpose, and another takes its place or it starts again. */
function stopped(service: string, from: string, to: string): readonly Happening[] {
  const labels = `job="containers", ${serviceLabels(service)}`;
  return [
    between(
      from,
      to,
      are({ [`docker_container_state{${labels}, state="running"}`]: 0, [`docker_container_state{${labels}, state="exited"}`]: 1 }),
    ),
    since(from, are({ [`docker_container_finish_timestamp_seconds{${labels}}`]: secondsOf(from) })),
    since(from, plannedStop(service, from)),
    since(to, added(TARGETS.containers, { [`docker_service_successor_start_timestamp_seconds{${unitLabels(service)}}`]: secondsOf(to) })),
  ];
}

/** What container exporter says of a stop that somebody asked for. */
export function plannedStop(service: string, at: string): ReturnType<typeof added> {
  const labels = unitLabels(service);
  return added(TARGETS.containers, {
    [`docker_service_planned_stop_timestamp_seconds{${labels}}`]: secondsOf(at),
    [`docker_service_host_info{${labels}, host="${service}"}`]: 1,
  });
}

/** `docker compose up -d` after a change: another container with the same name. */
export function recreated(service: string, from: string, to: string): readonly Happening[] {
  const usage = usageOf(service, `/docker/${service}-2`);
  const fresh = Object.fromEntries(
    Object.entries(usage).map(([key, shape]) => [key, key.startsWith('container_start_time_seconds') ? secondsOf(to) : shape]),
  );
  return [
    ...stopped(service, from, to),
    since(from, gone(`{job="containers", id="/docker/${service}-1"}`)),
    since(to, added(TARGETS.cadvisor, fresh)),
  ];
}

/** `docker compose restart`: the same container. */
export function restarted(service: string, from: string, to: string): readonly Happening[] {
  const id = `id="/docker/${service}-1"`;
  return [
    ...stopped(service, from, to),
    between(from, to, gone(`{job="containers", ${id}}`)),
    since(to, are({ [`container_start_time_seconds{${id}}`]: secondsOf(to) }), reset(`{job="containers", ${id}}`)),
  ];
}

/** Nothing is scraped: Prometheus itself does not run. */
export function unwatched(from: string, to: string): Happening {
  return between(from, to, gone(EVERYTHING));
}

/** Every process of the server has started anew, some of them a little later than Prometheus. */
export function everythingStarted(at: string, slow: Readonly<Partial<Record<TargetName, string>>>): readonly Happening[] {
  const names = (Object.keys(TARGETS) as TargetName[]).filter((name) => TARGETS[name].server === TARGETS.node.server && name !== 'node');
  return names.flatMap((name) => {
    const ready = slow[name];
    return ready === undefined ? startedAnew(name, at) : away(name, at, ready);
  });
}

/** Seconds per second that each core spends in each mode; the rest is idle. */
export function cpu(modes: Shapes, instance = TARGETS.node.instance): ReturnType<typeof are> {
  return are(
    Object.fromEntries(
      Object.entries(modes).map(([mode, shape]) => [`node_cpu_seconds_total{instance="${instance}", mode="${mode}"}`, shape]),
    ),
  );
}

/** Counters that appear, count for a while, and stay. */
export function burst(name: TargetName, shapes: Shapes, from: string, to: string): readonly Happening[] {
  const target = TARGETS[name];
  const still = Object.keys(shapes).map((key) => [key.replace('{', `{job="${target.job}", instance="${target.instance}", `), counts(0)]);
  return [since(from, added(target, shapes)), since(to, are(Object.fromEntries(still) as Shapes))];
}
