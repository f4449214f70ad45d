import { setTimeout as sleep } from 'node:timers/promises';
import { addressesOf } from '../settings/addresses.ts';
import { DEMO_SERVICES, DEMO_WATCHERS, demoDashboards, demoNetwork, demoProject, demoTargets } from './plan.ts';
import { Failure, stackFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import { MODULE_NAMES, type PlainSettings } from '../settings/table.ts';
import { composeDemo, freeNetwork, joinNetwork, publishedAddress, removeDemo, writeDemo, writeTargets } from './io.ts';
import { prometheusApi } from '../clients/prometheus.ts';
import { stackState } from '../engine/stack-state.ts';
import { removeStack } from '../engine/teardown.ts';
import { waitForHealthy } from '../engine/wait.ts';
import { demoImages } from './images.ts';
import type { Workplace } from '../engine/workplace.ts';

/** PostgreSQL makes its cluster and the example its tables in about ten seconds; slow disks need longer. */
const START_MS = 120_000;
/** Prometheus notices the file at once and scrapes within an interval; the first scrape may fail. */
const SCRAPE_MS = 60_000;

export interface Demo {
  /** Where the example answers on this host. */
  readonly address: string;
  /** Dashboards that show it, with their addresses; none where Grafana does not run. */
  readonly dashboards: readonly string[];
}

/** Starts the example beside the running stack and makes the stack watch it. Does nothing twice. */
export async function startDemo(place: Workplace, settings: PlainSettings): Promise<Demo> {
  const { root, docker, report } = place;
  const project = demoProject(settings.COMPOSE_PROJECT_NAME);
  const stack = (await stackState(docker, settings.COMPOSE_PROJECT_NAME)).filter(({ state }) => state === 'running');
  if (!stack.some(({ service }) => service === 'prometheus'))
    throw stackFailure([error('the stack', 'does not run, so nothing would watch the example', 'npm run up, then npm run demo')]);
  if (!settings.MODULES.includes('apps'))
    report.note('The module apps is off: the stack sees neither the metrics of the example nor those of its databases.');
  const { images, exporters } = await report.step('images of the example', async (detail) => demoImages(place, settings, detail));
  await report.step('the example', async (detail) => {
    await writeDemo(root);
    await startServices(place, { project, images, services: DEMO_SERVICES }, detail);
  });
  // After the example: a probe that finds no table yet looks again only a minute later.
  if (exporters.length > 0)
    await report.step('exporters of its databases', async (detail) =>
      startServices(place, { project, images, services: exporters }, detail),
    );
  const targets = demoTargets(settings.MODULES, exporters);
  await report.step('watched by the stack', async (detail) => {
    await joinDemo(place, settings);
    await writeTargets(root, targets);
    if (settings.MODULES.includes('apps')) await scraped(place, settings, exporters);
    detail([...targets.keys()].join(', '));
  });
  const backend = (await stackState(docker, project)).find(({ service }) => service === 'demo-backend');
  const grafana = stack.some(({ service }) => service === 'grafana');
  return {
    address: await publishedAddress(docker, backend?.id ?? '', 3000),
    dashboards: grafana
      ? demoDashboards(settings.MODULES).map((uid) => `http://${settings.PUBLIC_HOST}:${settings.GRAFANA_PORT}/d/${uid}`)
      : [],
  };
}

/** Lets what watches the example reach it, where it runs: a container that was made anew is on the stack's networks only. */
export async function joinDemo({ docker }: Workplace, { COMPOSE_PROJECT_NAME }: PlainSettings): Promise<void> {
  const stack = await stackState(docker, COMPOSE_PROJECT_NAME);
  const watchers = stack.filter(({ service, state }) => state === 'running' && (DEMO_WATCHERS as readonly string[]).includes(service));
  await joinNetwork(
    docker,
    demoNetwork(COMPOSE_PROJECT_NAME),
    watchers.map(({ id }) => id),
  );
}

/** Removes the example and everything that watched it. Returns how many containers there were. */
export async function stopDemo({ root, docker, signal }: Workplace, settings: PlainSettings): Promise<number> {
  const project = demoProject(settings.COMPOSE_PROJECT_NAME);
  await removeDemo(root, demoTargets(MODULE_NAMES, []).keys());
  const own = await stackState(docker, project);
  await freeNetwork(
    docker,
    demoNetwork(settings.COMPOSE_PROJECT_NAME),
    own.map(({ id }) => id),
  );
  const { containers, failed } = await removeStack(docker, project, true, signal);
  if (failed.length > 0) throw stackFailure(failed);
  return containers;
}

async function startServices(
  place: Workplace,
  {
    project,
    images,
    services,
  }: { readonly project: string; readonly images: Readonly<Record<string, string>>; readonly services: readonly string[] },
  detail: (text: string) => void,
): Promise<void> {
  const { docker, signal } = place;
  await composeDemo(place, project, images, services);
  const started = { project, services, baseline: new Map(), timeoutMs: START_MS, signal };
  await waitForHealthy(docker, { ...started, onProgress: (_ready, missing) => detail(`waiting for ${missing}`) }).catch(asDemo);
  detail(services.join(', '));
}

/** Waits until Prometheus has scraped all of the example once. */
async function scraped({ signal }: Workplace, settings: PlainSettings, exporters: readonly string[]): Promise<void> {
  const prometheus = prometheusApi(addressesOf(settings).prometheus);
  const deadline = Date.now() + SCRAPE_MS;
  for (;;) {
    const targets = await prometheus.targets();
    const found = ['demo-backend', ...exporters].map(
      (service) => [service, targets.find(({ pool, address }) => pool === 'apps' && address.startsWith(`${service}:`))] as const,
    );
    const waiting = found.filter(([, target]) => target?.health !== 'up');
    if (waiting.length === 0) return;
    if (Date.now() > deadline)
      throw stackFailure(
        waiting.map(([service, target]) =>
          error(
            `target apps/${service}`,
            target === undefined ? 'is not seen by Prometheus' : `is not up: ${target.lastError}`,
            'npm run status',
          ),
        ),
      );
    await sleep(1_000, undefined, { signal });
  }
}

/** The commands for the stack's services do not reach the example's. */
function asDemo(failure: unknown): never {
  if (!(failure instanceof Failure)) throw failure;
  throw stackFailure(
    failure.problems.map(({ place, message }) => error(place, message, 'npm run demo -- --stop, then npm run demo again.')),
  );
}
