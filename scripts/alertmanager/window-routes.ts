import { testReceiver } from './channel-catalog.ts';
import { HISTORY_RECEIVER, type AlertmanagerConfig, type Route } from './config.ts';
import { error, type Problem } from '../base/problem.ts';
import { WINDOWS, type MaintenanceWindow } from './windows.ts';

/** The receiver of the Watchdog: it pings the dead-man's switch and notifies no one. */
const DEADMAN_RECEIVER = 'deadman';
/** Whatever a window matches, the Watchdog is never muted. */
const BUT_WATCHDOG = 'alertname!="Watchdog"';
/** Each combination of windows that may match one alert is a route, below each of a dozen routes. */
const MOST_COMBINATIONS = 64;

/** Windows that mute the same alerts. */
interface Group {
  readonly matchers: readonly string[];
  readonly names: readonly string[];
}

/**
 * Mutes what each window matches while it lasts, for people: the history is notified as ever. A route's mute times hold for all of its alerts,
 * so each route to people gets children with the windows' matchers; an alert that several windows match is muted in each of them.
 */
export function withWindows(
  config: AlertmanagerConfig,
  windows: readonly MaintenanceWindow[],
): { readonly config: AlertmanagerConfig; readonly problems: readonly Problem[] } {
  if (windows.length === 0) return { config, problems: [] };
  const children = combinations(grouped(windows), [], []);
  if (children === undefined)
    return {
      config,
      problems: [
        error(
          WINDOWS,
          `more than ${MOST_COMBINATIONS} combinations of its windows may match one alert`,
          'Let windows for the same alerts be one with several time_intervals, or use one label (server) for all.',
        ),
      ],
    };
  const problems: Problem[] = [];
  const route = muted(config.route, '', { children, problems });
  const own = Array.isArray(config['time_intervals']) ? (config['time_intervals'] as unknown[]) : [];
  const added = windows.map(({ name, written }) => ({ name: timesOf(name), time_intervals: written }));
  return { config: { ...config, route, time_intervals: [...own, ...added] }, problems };
}

/** The name of a window's times: beside those that the configuration has of its own. */
function timesOf(name: string): string {
  return `window ${name}`;
}

function grouped(windows: readonly MaintenanceWindow[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { name, matchers } of windows) {
    const key = JSON.stringify([...matchers].sort());
    groups.set(key, { matchers: [...matchers, BUT_WATCHDOG], names: [...(groups.get(key)?.names ?? []), timesOf(name)] });
  }
  return [...groups.values()];
}

/** A route for each set of windows that may match one alert; undefined if there are too many. */
function combinations(groups: readonly Group[], names: readonly string[], matchers: readonly string[]): readonly Route[] | undefined {
  const routes: Route[] = [];
  let count = 0;
  for (const [index, group] of groups.entries()) {
    if (excludes(matchers, group.matchers)) continue;
    const muting = [...names, ...group.names];
    const below = combinations(groups.slice(index + 1), muting, [...matchers, ...group.matchers]);
    count += below === undefined ? MOST_COMBINATIONS : 1 + size(below);
    if (below === undefined || count > MOST_COMBINATIONS) return undefined;
    routes.push({ matchers: [...group.matchers], mute_time_intervals: muting, ...(below.length > 0 ? { routes: [...below] } : {}) });
  }
  return routes;
}

function size(routes: readonly Route[]): number {
  return routes.reduce((sum, { routes: below = [] }) => sum + 1 + size(below), 0);
}

/** Whether no alert can match both: they want different values of one label. */
function excludes(some: readonly string[], others: readonly string[]): boolean {
  const equals = (matchers: readonly string[]): ReadonlyMap<string, string> =>
    new Map(
      matchers.flatMap((text): [string, string][] => {
        const [, label = '', value = ''] = /^\s*(\w+)\s*=\s*([^~\s].*?)\s*$/.exec(text) ?? [];
        return label === '' ? [] : [[label, value.replace(/^"(.*)"$/, '$1')]];
      }),
    );
  const wanted = equals(some);
  return [...equals(others)].some(([label, value]) => wanted.has(label) && wanted.get(label) !== value);
}

interface Muting {
  readonly children: readonly Route[];
  readonly problems: Problem[];
}

function muted(route: Route, inherited: string, muting: Muting): Route {
  const receiver = route.receiver ?? inherited;
  const own = (route.routes ?? []).map((child) => muted(child, receiver, muting));
  const isForTests = receiver.startsWith(testReceiver('')) || route.matchers?.includes('alertname="TestAlert"') === true;
  const isForPeople = receiver !== HISTORY_RECEIVER && receiver !== DEADMAN_RECEIVER && !isForTests;
  // A child without matchers takes every alert.
  if (!isForPeople || own.some(({ matchers = [] }) => matchers.length === 0)) return own.length === 0 ? route : { ...route, routes: own };
  if (own.some((child) => child.continue === true))
    muting.problems.push(
      error(
        WINDOWS,
        `cannot mute the route to ${receiver}, below which a route has continue: true`,
        'Move that route beside it in alertmanager/alertmanager.yml, above it.',
      ),
    );
  return { ...route, routes: [...own, ...muting.children.map((child) => alsoMuted(child, route))] };
}

/** Mute times are not inherited: a child repeats those of its route. */
function alsoMuted(child: Route, { mute_time_intervals: mute, active_time_intervals: active }: Route): Route {
  const more = Array.isArray(mute) ? (mute as unknown[]) : [];
  return {
    ...child,
    mute_time_intervals: [...more, ...(child['mute_time_intervals'] as unknown[])],
    ...(active === undefined ? {} : { active_time_intervals: active }),
    ...(child.routes === undefined
      ? {}
      : { routes: child.routes.map((below) => alsoMuted(below, { mute_time_intervals: mute, active_time_intervals: active })) }),
  };
}
