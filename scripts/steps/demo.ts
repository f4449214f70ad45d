import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { addressesOf } from '../core/addresses.ts';
import { DEMO_SERVICES, DEMO_WATCHERS, demoNetwork, demoProject, demoTargets } from '../core/demo.ts';
import { Failure, stackFailure } from '../core/failure.ts';
import { error } from '../core/problem.ts';
import { MODULE_NAMES, type PlainSettings } from '../core/settings-table.ts';
import { composeDemo, freeNetwork, joinNetwork, publishedAddress, removeDemo, writeDemo, writeTargets } from '../io/demo.ts';
import { ensureImages } from '../io/images.ts';
import { prometheusApi } from '../io/prometheus.ts';
import { stackState } from '../io/stack-state.ts';
import { removeStack } from '../io/teardown.ts';
import { waitForHealthy } from '../io/wait.ts';
import type { Workplace } from './workplace.ts';

/** PostgreSQL makes its cluster and the example its tables in about ten seconds; slow disks need longer. */
const START_MS = 120_000;
/** Prometheus notices the file at once and scrapes within an interval; the first scrape may fail. */
const SCRAPE_MS = 60_000;

export interface Demo {
  /** Where the example answers on this host. */
  readonly address: string;
  readonly watched: readonly string[];
}

/** Starts the example beside the running stack and makes the stack watch it. Does nothing twice. */
export async function startDemo(place: Workplace, settings: PlainSettings): Promise<Demo> {
  const { root, docker, exec, report, signal } = place;
  const project = demoProject(settings.COMPOSE_PROJECT_NAME);
  const stack = await stackState(docker, settings.COMPOSE_PROJECT_NAME);
  const watchers = stack.filter(({ service, state }) => state === 'running' && (DEMO_WATCHERS as readonly string[]).includes(service));
  if (!watchers.some(({ service }) => service === 'prometheus'))
    throw stackFailure([error('the stack', 'does not run, so nothing would watch the example', 'npm run up, then npm run demo')]);
  const images = await report.step('images of the example', async (detail) => demoImages(place, settings, detail));
  await report.step('the example', async (detail) => {
    await writeDemo(root);
    await composeDemo(exec, root, project, images);
    const started = { project, services: DEMO_SERVICES, baseline: new Map(), timeoutMs: START_MS, signal };
    await waitForHealthy(docker, { ...started, onProgress: (_ready, missing) => detail(`waiting for ${missing}`) }).catch(asDemo);
    detail(DEMO_SERVICES.join(', '));
  });
  const targets = demoTargets(settings.MODULES);
  await report.step('watched by the stack', async (detail) => {
    const ids = watchers.map(({ id }) => id);
    await joinNetwork(docker, demoNetwork(settings.COMPOSE_PROJECT_NAME), ids);
    await writeTargets(root, targets);
    await scraped(place, settings);
    detail([...targets.keys()].join(', '));
  });
  const backend = (await stackState(docker, project)).find(({ service }) => service === 'demo-backend');
  return { address: await publishedAddress(docker, backend?.id ?? '', 3000), watched: [...targets.keys()] };
}

/** Removes the example and everything that watched it. Returns how many containers there were. */
export async function stopDemo({ root, docker }: Workplace, settings: PlainSettings): Promise<number> {
  const project = demoProject(settings.COMPOSE_PROJECT_NAME);
  await removeDemo(root, demoTargets(MODULE_NAMES).keys());
  const own = await stackState(docker, project);
  await freeNetwork(
    docker,
    demoNetwork(settings.COMPOSE_PROJECT_NAME),
    own.map(({ id }) => id),
  );
  const { containers, failed } = await removeStack(docker, project, true);
  if (failed.length > 0) throw stackFailure(failed);
  return containers;
}

/** An image for every service of the example, as variables of its Compose file. */
async function demoImages({ root, docker, exec, report, mayInstall }: Workplace, settings: PlainSettings, detail: (text: string) => void) {
  const { services } = parse(readFileSync(join(root, 'exporters/apps/example/compose.yml'), 'utf8'), { merge: true }) as {
    services: Readonly<Record<string, { image: string }>>;
  };
  const pinned = (service: string): string => /:-(.+)\}$/.exec(services[service]?.image ?? '')?.[1] ?? '';
  // Node.js is the one that the history runs on.
  const variables = { history: 'DEMO_NODE_IMAGE', 'demo-postgres': 'DEMO_POSTGRES_IMAGE', 'demo-redis': 'DEMO_REDIS_IMAGE' } as const;
  const wanted = Object.keys(variables).map((service) => ({ service, image: pinned(service === 'history' ? 'demo-backend' : service) }));
  const { images, leftOut } = await ensureImages({
    exec,
    docker,
    root,
    wanted,
    mirror: settings.DEBIAN_MIRROR,
    mayInstall,
    detail,
    note: report.note,
  });
  if (leftOut.length > 0)
    throw stackFailure(
      leftOut.map(({ service, reason }) =>
        error(`image of ${service}`, reason, 'docker load brings an image from a host with a registry.'),
      ),
    );
  return Object.fromEntries(Object.entries(variables).map(([service, variable]) => [variable, images.get(service)?.name ?? '']));
}

async function scraped({ signal }: Workplace, settings: PlainSettings): Promise<void> {
  const prometheus = prometheusApi(addressesOf(settings).prometheus);
  const deadline = Date.now() + SCRAPE_MS;
  for (;;) {
    const targets = await prometheus.targets();
    const found = targets.find(({ instance }) => instance === 'demo-backend');
    if (found?.health === 'up' || !settings.MODULES.includes('apps')) return;
    if (Date.now() > deadline)
      throw stackFailure([
        error(
          'target apps/demo-backend',
          found === undefined ? 'is not seen by Prometheus' : `is down: ${found.lastError}`,
          'npm run status',
        ),
      ]);
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
