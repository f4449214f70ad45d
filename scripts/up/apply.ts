import { join } from 'node:path';
import { interruption } from '../base/command.ts';
import { stackFailure } from '../base/failure.ts';
import { readTree } from '../base/files.ts';
import { error } from '../base/problem.ts';
import { compose } from '../engine/compose.ts';
import { EFFECTIVE, publish } from '../render/publish-io.ts';
import { changedAlerts, timedRules } from '../rules/recorded.ts';
import { stackState } from '../engine/stack-state.ts';
import { waitForHealthy, type WaitOptions } from '../engine/wait.ts';
import { joinDemo } from '../demo/run.ts';
import type { Prepared } from './prepare.ts';
import { startProof } from './prove-io.ts';
import { reloadServices } from './reload.ts';
import type { Workspace } from '../engine/workspace.ts';

/** Longest time that a service may take to become healthy: Grafana migrates its database at its first start, Prometheus replays its log. */
const HEALTHY_WITHIN_MS = 180_000;

/**
 * Publishes the configuration, starts, changes or removes containers until the stack matches it, and proves it.
 *
 * @returns the alerts that fire at other times than those that ran before; none if nothing ran
 */
export async function applyPrepared(place: Workspace, prepared: Prepared): Promise<readonly string[]> {
  const { root, exec, docker, report, signal } = place;
  const project = prepared.settings.plain.COMPOSE_PROJECT_NAME;
  const services = [...prepared.selection.services].filter((service) => service in prepared.model.services);
  signal.throwIfAborted();

  const rulesBefore = await readTree(join(root, EFFECTIVE), 'prometheus/rules');
  interruption.state =
    'The new configuration was being written; the running services still have the old one. Run `npm run up` again to continue.';
  await report.step('configuration published', async (detail) => {
    const changed = await publish(root, prepared.tree, prepared.secrets);
    detail(changed.length === 0 ? 'nothing changed' : `${changed.length} files changed`);
  });
  signal.throwIfAborted();

  interruption.state = 'The configuration is published; some services may not be started yet. Run `npm run up` again to continue.';
  const before = (await stackState(docker, project)).filter(({ state }) => state === 'running');
  await report.step('containers started', async (detail) => {
    const result = await compose(exec, root, ['up', '--detach', '--remove-orphans', '--no-build', '--quiet-pull'], {
      signal,
      timeoutMs: 600_000,
    });
    signal.throwIfAborted();
    if (result.code !== 0) throw stackFailure([error('docker compose up', composeMessage(result.stderr), composeFix(result.stderr))]);
    const changed = result.stderr.split('\n').filter((line) => /\s(Started|Recreated|Removed)\s*$/.test(line)).length;
    detail(changed === 0 ? `${services.length} services, nothing changed` : `${services.length} services`);
  });
  await joinDemo(place, prepared.settings.plain);
  await reloadServices(place, prepared, new Set(before.map(({ id }) => id)));
  const proof = startProof(place, prepared);
  try {
    await healthy(place, { project, services, baseline: new Map(before.map(({ id, restarts }) => [id, restarts])) });
  } catch (failure) {
    proof.cancel();
    throw failure;
  }
  await proof.finish();
  const isReload = before.some(({ service }) => service === 'prometheus');
  return isReload ? changedAlerts(timedRules(prepared.tree, 0), timedRules(rulesBefore, 0)) : [];
}

async function healthy({ docker, report, signal }: Workspace, wait: Pick<WaitOptions, 'project' | 'services' | 'baseline'>): Promise<void> {
  const { services } = wait;
  await report.step('services healthy', async (detail) => {
    await waitForHealthy(docker, {
      ...wait,
      timeoutMs: HEALTHY_WITHIN_MS,
      signal,
      onProgress: (ready, waitingFor) => detail(`${ready} of ${services.length}, waiting for ${waitingFor}`),
    });
    detail(`${services.length} of ${services.length}`);
  });
}

/** Fixes for known errors when containers are created. */
function composeFix(stderr: string): string {
  const again = 'then npm run up again; it continues from here.';
  if (/not a shared or slave mount/.test(stderr))
    return `This host does not share its mounts (some LXC hosts): mount --make-rshared /, ${again} Or take propagation: rslave out of exporters/node/compose.yml; disks mounted later are then not seen.`;
  if (/address already in use|port is already allocated/.test(stderr))
    return `Something took the port just now; npm run validate names it, ${again}`;
  if (/Pool overlaps/.test(stderr))
    return `Another network was made in the same place at the same moment. npm run up takes the next free one.`;
  return `Fix it, ${again}`;
}

/** Compose's error: its last lines, without progress messages. */
function composeMessage(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const telling = lines.filter(
    (line) =>
      line !== '' &&
      !/\s(Creat(ed|ing)|Start(ed|ing)|Running|Recreated?|Recreating|Healthy|Waiting)$/.test(line) &&
      !/level=warning/.test(line),
  );
  return telling.slice(-4).join('\n      ') || 'failed without output';
}
