import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ComposeModel } from '../core/compose-model.ts';
import { stackFailure } from '../core/failure.ts';
import { error } from '../core/problem.ts';
import type { Exec, ExecResult } from './exec.ts';

/** Where the model that runs is kept, below the checkout. */
export const EFFECTIVE_COMPOSE = '.effective/compose.yml';

/**
 * Merges `docker-compose.yml` and the user's `docker-compose.override.yml` with `docker compose config`: profiles selected, variables filled in, paths absolute.
 * Throws a `Failure` with what Compose says where they are not valid.
 *
 * @param env the variables; the user's `.env` is not read, so that nothing but these counts
 */
export async function mergeCompose(
  exec: Exec,
  root: string,
  profiles: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ComposeModel> {
  const files = ['docker-compose.yml', 'docker-compose.override.yml'].map((name) => join(root, name)).filter((path) => existsSync(path));
  const command = ['docker', 'compose', '--env-file', '/dev/null', '--project-directory', root, ...files.flatMap((path) => ['-f', path])];
  const selected = profiles.flatMap((profile) => ['--profile', profile]);
  const result = await exec([...command, ...selected, 'config', '--format', 'json'], {
    env: { COMPOSE_FILE: '', COMPOSE_PROFILES: '', ...env },
    timeoutMs: 60_000,
  });
  if (result.code !== 0)
    throw stackFailure([error('docker-compose.yml', firstLine(result), 'docker compose -f docker-compose.yml config -q')]);
  return JSON.parse(result.stdout) as ComposeModel;
}

/** Runs `docker compose` on the stack as it was published. */
export async function compose(exec: Exec, root: string, args: readonly string[], options: Parameters<Exec>[1] = {}): Promise<ExecResult> {
  return exec(['docker', 'compose', '--project-directory', root, '-f', join(root, EFFECTIVE_COMPOSE), ...args], {
    ...options,
    env: { COMPOSE_FILE: '', COMPOSE_PROFILES: '', ...options.env },
  });
}

function firstLine({ stderr, stdout }: ExecResult): string {
  const lines = `${stderr}\n${stdout}`.split('\n').filter((line) => line.trim() !== '' && !/level=warning/.test(line));
  return lines.at(-1)?.trim() ?? 'docker compose config failed without a word';
}
