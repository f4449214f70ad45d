import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { interruption } from '../base/command.ts';
import { demoProject } from '../demo/plan.ts';
import { nameContainers } from './names.ts';
import { planDetection, type DetectPlan } from './plan.ts';
import { editEnvText, parseEnvFile } from '../base/env-file.ts';
import { inputFailure } from '../base/failure.ts';
import { error, errorsOf } from '../base/problem.ts';
import { readSettings, type Settings } from '../settings/settings.ts';
import { runningContainers } from './containers-io.ts';
import { readIfThere, readTree } from '../base/files.ts';
import { serverName } from '../engine/host.ts';
import { ownNetwork } from '../engine/networks.ts';
import { writeNewFile, writeNewSecret } from '../base/new-files.ts';
import { generateSecret, loadOrCreateSettings, writeEnv } from '../settings/io.ts';
import { modules } from '../modules/index.ts';
import type { Workspace } from '../engine/workspace.ts';

/** Inspects the running containers and decides what to add. Throws a `Failure` if `.env` has a mistake that this cannot fix. */
export async function planRunningContainers({ root, docker, report }: Workspace): Promise<DetectPlan> {
  const envText = (await readIfThere(join(root, '.env'))) ?? (await readIfThere(join(root, '.env.example'))) ?? '';
  const { settings } = read(envText);
  const { plain } = settings;
  const containers = await report.step('containers', async (detail) => {
    const running = await runningContainers(docker, plain.COMPOSE_PROJECT_NAME);
    // The demo adds its own targets, and removes its network when it stops.
    const facts = running.filter(({ composeProject }) => composeProject !== demoProject(plain.COMPOSE_PROJECT_NAME));
    detail(`${facts.length} besides the stack's own`);
    return facts;
  });
  const attached = [...plain.APP_NETWORKS, ownNetwork(plain)];
  const reserved = new Set(modules.flatMap((module) => module.services(plain)));
  const plan = planDetection({
    containers: nameContainers(containers, { attached, reserved }),
    modules,
    settings: plain,
    envText,
    targetFiles: await readTree(root, 'prometheus/targets'),
    secretFiles: new Set(await readdir(join(root, 'secrets')).catch(() => [])),
    ownNetwork: ownNetwork(plain),
    serverName: plain.SERVER_NAME ?? serverName(),
  });
  // Checked with the new values: finding instances fixes a module without any.
  const errors = errorsOf(read(editEnvText(envText, plan.env)).problems);
  if (errors.length > 0) throw inputFailure(errors);
  return plan;
}

/** Writes what the plan proposes. `.env` comes before the target files: after an interrupt, the rest is proposed again. */
export async function applyDetection({ root }: Workspace, plan: DetectPlan): Promise<void> {
  interruption.state = 'Some files may be written already. Run npm run detect again for the rest.';
  const path = join(root, '.env');
  const planned = plan.changes.find((change) => change.path === '.env')?.before;
  const present = await readIfThere(path);
  if (planned !== undefined && present !== undefined && present !== planned)
    throw inputFailure([error('.env', 'has changed since it was read', 'npm run detect')]);
  for (const file of plan.passwords) await writeNewSecret(root, file, generateSecret());
  if (present === undefined) await loadOrCreateSettings(root);
  const text = (await readIfThere(path)) ?? '';
  const edited = editEnvText(text, plan.env);
  if (edited !== text) await writeEnv(root, edited);
  for (const change of plan.changes) if (change.path !== '.env') await writeNewFile(join(root, change.path), change.after);
}

function read(text: string): { settings: Settings; problems: ReturnType<typeof readSettings>['problems'] } {
  const file = parseEnvFile(text, '.env');
  const { settings, problems } = readSettings(file.entries, '.env');
  return { settings, problems: [...file.problems, ...problems] };
}
