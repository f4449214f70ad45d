import { setTimeout as sleep } from 'node:timers/promises';
import { addressesOf } from '../settings/addresses.ts';
import {
  DEMO_TARGET_FILES,
  DEMO_WATCHERS,
  demoDashboards,
  demoNetwork,
  demoParts,
  demoProject,
  demoTargets,
  exporterModules,
} from './plan.ts';
import type { Demo } from '../modules/parts.ts';
import { Failure, stackFailure } from '../base/failure.ts';
import { error, errorsOf } from '../base/problem.ts';
import { type PlainSettings } from '../settings/table.ts';
import { type DemoStart, composeDemo, freeNetwork, joinNetwork, publishedAddress, removeDemo, writeDemo, writeTargets } from './io.ts';
import { prometheusApi } from '../clients/prometheus.ts';
import { stackState } from '../engine/stack-state.ts';
import { removeStack } from '../engine/teardown.ts';
import { waitForHealthy } from '../engine/wait.ts';
import { demoImages } from './images-io.ts';
import type { Workspace } from '../engine/workspace.ts';

/** PostgreSQL makes its cluster and the example its tables in about ten seconds; slow disks need longer. */
const START_MS = 120_000;
/** Prometheus notices the file at once and scrapes within one interval; the first scrape may fail. */
const SCRAPE_MS = 60_000;

/** The demo as users see it. */
export interface RunningDemo {
  /** Where the example answers on this host. */
  readonly address: string;
  /** Dashboards that show it, with their addresses; none if Grafana does not run. */
  readonly dashboards: readonly string[];
}

/** Starts the demo beside the running stack and makes the stack watch it. Safe to repeat. `wanted` names optional parts. */
export async function startDemo(place: Workspace, settings: PlainSettings, wanted: readonly string[]): Promise<RunningDemo> {
  const { root, docker, report } = place;
  const { MODULES: enabled } = settings;
  const project = demoProject(settings.COMPOSE_PROJECT_NAME);
  const parts = demoParts(enabled, wanted);
  const stack = (await stackState(docker, settings.COMPOSE_PROJECT_NAME)).filter(({ state }) => state === 'running');
  if (!stack.some(({ service }) => service === 'prometheus'))
    throw stackFailure([error('the stack', 'is not running, so nothing would watch the example', 'npm run up, then npm run demo')]);
  const off = [...new Set(parts.flatMap(exporterModules))].filter((name) => !enabled.includes(name));
  if (off.length > 0)
    report.note(`The module ${off.join(', ')} is off: the stack sees neither the metrics of the example nor those of its databases.`);
  const { images, exporters } = await report.step('images of the example', async (detail) => demoImages(place, parts, settings, detail));
  const services = parts.flatMap((part) => part.services);
  await report.step('the example', async (detail) => {
    await writeDemo(root, parts);
    await startServices(place, project, { parts, images, services }, detail);
  });
  // After the example: a probe that finds no table yet retries only a minute later.
  if (exporters.length > 0)
    await report.step('exporters of its databases', async (detail) =>
      startServices(place, project, { parts, images, services: exporters }, detail),
    );
  const targets = demoTargets(parts, enabled, [...services, ...exporters]);
  await report.step('watched by the stack', async (detail) => {
    await joinDemo(place, settings);
    await writeTargets(root, targets);
    if (off.length === 0) await scraped(place, settings, parts, exporters);
    detail([...targets.keys()].join(', '));
  });
  const entry = parts.flatMap((part) => part.entry ?? [])[0];
  const page = (await stackState(docker, project)).find(({ service }) => service === entry?.service);
  const grafana = stack.some(({ service }) => service === 'grafana');
  return {
    address: await publishedAddress(docker, page?.id ?? '', entry?.port ?? 0),
    dashboards: grafana
      ? demoDashboards(parts, enabled).map((uid) => `http://${settings.PUBLIC_HOST}:${settings.GRAFANA_PORT}/d/${uid}`)
      : [],
  };
}

/** Reconnects the exporters to the running example: a recreated container is on the stack's networks only. */
export async function joinDemo({ docker }: Workspace, { COMPOSE_PROJECT_NAME }: PlainSettings): Promise<void> {
  const stack = await stackState(docker, COMPOSE_PROJECT_NAME);
  const watchers = stack.filter(({ service, state }) => state === 'running' && DEMO_WATCHERS.has(service));
  await joinNetwork(
    docker,
    demoNetwork(COMPOSE_PROJECT_NAME),
    watchers.map(({ id }) => id),
  );
}

/** Removes the example and everything that watched it. Returns the number of containers. */
export async function stopDemo({ root, docker, report, signal }: Workspace, settings: PlainSettings): Promise<number> {
  const project = demoProject(settings.COMPOSE_PROJECT_NAME);
  await removeDemo(root, DEMO_TARGET_FILES);
  const own = await stackState(docker, project);
  await freeNetwork(
    docker,
    demoNetwork(settings.COMPOSE_PROJECT_NAME),
    own.map(({ id }) => id),
  );
  const { containers, problems } = await removeStack(docker, project, true, signal);
  if (errorsOf(problems).length > 0) throw stackFailure(problems);
  report.problems(problems);
  return containers;
}

async function startServices(
  { root, docker, exec, signal }: Workspace,
  project: string,
  start: DemoStart,
  detail: (text: string) => void,
): Promise<void> {
  const { services } = start;
  await composeDemo(exec, root, project, start);
  const started = { project, services, baseline: new Map(), timeoutMs: START_MS, signal };
  await waitForHealthy(docker, { ...started, onProgress: (_ready, missing) => detail(`waiting for ${missing}`) }).catch(asDemo);
  detail(services.join(', '));
}

/** Waits until Prometheus has scraped every application and exporter once. */
async function scraped(
  { signal }: Workspace,
  settings: PlainSettings,
  parts: readonly Demo[],
  exporters: readonly string[],
): Promise<void> {
  const prometheus = prometheusApi(addressesOf(settings).prometheus);
  const scraping = parts.flatMap(exporterModules);
  const wanted = parts
    .flatMap(({ targets, services }) => targets.filter(({ of }) => services.includes(of) || exporters.includes(of)))
    .filter(({ module }) => scraping.includes(module));
  const deadline = Date.now() + SCRAPE_MS;
  for (;;) {
    const targets = await prometheus.targets();
    const found = wanted.map(
      ({ module, of, targets: own }) =>
        [`${module}/${of}`, targets.find(({ pool, address }) => pool === module && own.includes(address))] as const,
    );
    const waiting = found.filter(([, target]) => target?.health !== 'up');
    if (waiting.length === 0) return;
    if (Date.now() > deadline)
      throw stackFailure(
        waiting.map(([name, target]) =>
          error(`target ${name}`, target === undefined ? 'is unknown to Prometheus' : `is not up: ${target.lastError}`, 'npm run status'),
        ),
      );
    await sleep(1_000, undefined, { signal });
  }
}

/** Commands for the stack's services do not apply to the example's. */
function asDemo(failure: unknown): never {
  if (!(failure instanceof Failure)) throw failure;
  throw stackFailure(
    failure.problems.map(({ place, message }) => error(place, message, 'npm run demo -- --stop, then npm run demo again.')),
  );
}
