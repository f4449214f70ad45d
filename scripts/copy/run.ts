import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Docker from 'dockerode';
import { interruption, type Context } from '../base/command.ts';
import { inputFailure, stackFailure } from '../base/failure.ts';
import { isWithin, planNewProject, takenBy, type NewProject, type Taken } from './plan.ts';
import { error, type Problem } from '../base/problem.ts';
import { composeProjects } from '../detect/containers-io.ts';
import { copyFiles, filesToCopy, lookAtDestination, neighbours, removeCopy } from './io.ts';
import { exec } from '../base/exec.ts';
import { readIfThere } from '../base/files.ts';
import { firstCommit } from './git.ts';
import { listeners } from '../engine/host.ts';
import { writeEnv } from '../settings/io.ts';

/** A finished copy. */
export interface Copy {
  readonly folder: string;
  readonly plan: NewProject;
  readonly files: readonly string[];
  /** The first commit, or why there is none. */
  readonly commit: { readonly id: string } | { readonly problem: Problem };
}

/** An engine that does not answer at once is ignored: the copy does not need it. */
const ENGINE_TIMEOUT_MS = 3_000;

/** Makes a copy of the stack's folder for the next project. Throws a `Failure` if the folder is unsuitable; then nothing was written. */
export async function makeCopy({ report, signal }: Context, root: string, target: string): Promise<Copy> {
  const { kind, path: folder } = await lookAtDestination(target);
  const refusal = refusalOf(kind, folder, root);
  if (refusal !== undefined) throw inputFailure([refusal]);
  const plan = await planCopy(root, folder);
  const files = await filesToCopy(exec, root);
  await report.step('files', async (detail) => {
    interruption.state = `${folder} is removed again.`;
    try {
      await mkdir(folder, { recursive: true });
      await copyFiles(root, folder, files);
      await writeEnv(folder, plan.envText);
      signal.throwIfAborted();
    } catch (failure) {
      await removeCopy(folder, kind === 'free');
      throw failure;
    }
    detail(`${files.length} files`);
  });
  interruption.state = `${folder} is complete but for its first commit.`;
  return { folder, plan, files, commit: await report.step('first commit', async () => firstCommit(exec, folder, files)) };
}

async function planCopy(root: string, folder: string): Promise<NewProject> {
  const example = await readIfThere(join(root, '.env.example'));
  if (example === undefined) throw stackFailure([error('.env.example', 'is missing from this checkout', 'git checkout .env.example')]);
  const plan = planNewProject(folder, example, await takenHere(root, folder, example));
  if (plan === undefined) throw stackFailure([error('ports', 'no common step leaves every port of another stack free on this host')]);
  return plan;
}

async function takenHere(root: string, folder: string, example: string): Promise<Taken> {
  const own = takenBy((await readIfThere(join(root, '.env'))) ?? example);
  const [beside, sockets, engine] = await Promise.all([
    neighbours([...new Set([dirname(root), dirname(folder)])]),
    listeners(),
    composeProjects(new Docker({ timeout: ENGINE_TIMEOUT_MS })).catch(() => new Set<string>()),
  ]);
  return {
    projects: new Set([own.project ?? 'pharos', ...beside.projects, ...engine]),
    ports: new Set([...own.ports, ...beside.ports, ...sockets.map(({ port }) => port)]),
  };
}

function refusalOf(kind: Awaited<ReturnType<typeof lookAtDestination>>['kind'], folder: string, root: string): Problem | undefined {
  if (isWithin(folder, root)) return error(folder, 'lies inside this stack’s folder', 'npm run new -- ../shop-monitoring');
  if (kind === 'no parent') return error(folder, `cannot be made: there is no folder ${dirname(folder)}`, `mkdir -p ${dirname(folder)}`);
  if (kind === 'a file') return error(folder, 'is a file', 'Name a folder that does not exist yet.');
  if (kind === 'not empty') return error(folder, 'is not empty', 'Name a folder that does not exist yet, or an empty one.');
  return undefined;
}
