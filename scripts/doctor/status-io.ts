import { join } from 'node:path';
import { readWindows, WINDOWS, type MaintenanceWindow } from '../alertmanager/windows.ts';
import { readIfThere } from '../base/files.ts';
import { parseYaml } from '../base/tree.ts';
import { EFFECTIVE } from '../render/publish-io.ts';
import { listSilences } from '../silence/io.ts';
import { addressesOf } from '../settings/addresses.ts';
import { Failure, stackFailure } from '../base/failure.ts';
import { error, type Problem } from '../base/problem.ts';
import type { PlainSettings } from '../settings/table.ts';
import { countTargets, serviceProblems, shownAlerts, shownWindows, type StackStatus } from './stack-status.ts';
import { publishedModel } from '../engine/compose.ts';
import { prometheusApi } from '../clients/prometheus.ts';
import { checkStarting } from '../engine/health-check.ts';
import { stackState } from '../engine/stack-state.ts';
import type { Workspace } from '../engine/workspace.ts';

/** Reads the containers, and Prometheus if it answers. */
export async function lookAtStack({ root, docker }: Workspace, settings: PlainSettings): Promise<StackStatus> {
  const model = await publishedModel(root);
  if (model === undefined) throw stackFailure([error('the stack', 'has not been started yet', 'npm run up')]);
  const expected = Object.keys(model.services);
  const containers = await checkStarting(docker, await stackState(docker, settings.COMPOSE_PROJECT_NAME));
  const prometheus = prometheusApi(addressesOf(settings).prometheus);
  const problems: Problem[] = [...serviceProblems(expected, containers)];
  const [targets, alerts] = await Promise.all([prometheus.targets(), prometheus.alerts()]).catch((failure: unknown) => {
    problems.push(
      error('Prometheus', `does not answer: ${failure instanceof Error ? failure.message : String(failure)}`, 'npm run logs -- prometheus'),
    );
    return [[], []] as const;
  });
  const silences = await listSilences(settings).catch((failure: unknown) => {
    problems.push(...(failure instanceof Failure ? failure.problems : []));
    return [];
  });
  const now = Date.now();
  const down = targets.filter(({ health }) => health === 'down');
  problems.push(
    ...down.map(({ job, instance, lastError }) =>
      error(`target ${job}/${instance}`, `is down: ${lastError}`, 'npm run reload checks the configuration; see /targets in Prometheus.'),
    ),
  );
  return {
    project: settings.COMPOSE_PROJECT_NAME,
    services: containers.map(({ service, state, health, image, startedAt, restarts }) => ({
      service,
      state,
      health: health ?? 'no check',
      image,
      startedAt,
      restarts,
    })),
    targets: countTargets(targets),
    ...shownAlerts(alerts, now),
    silences,
    windows: shownWindows(await windowsInForce(root), now),
    problems,
  };
}

async function windowsInForce(root: string): Promise<readonly MaintenanceWindow[]> {
  const text = (await readIfThere(join(root, EFFECTIVE, WINDOWS))) ?? '';
  const { doc } = parseYaml(WINDOWS, text);
  return doc === undefined ? [] : readWindows({ path: WINDOWS, text, doc }).windows;
}
