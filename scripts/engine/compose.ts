import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ComposeModel } from '../base/compose-model.ts';
import { stackFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import type { Exec, ExecResult } from '../base/exec.ts';
import { readIfThere } from '../base/files.ts';

/** Path of the running model, below the checkout. */
const EFFECTIVE_COMPOSE = '.effective/compose.yml';
const CHECKED_IN = 'docker-compose.yml';
const OVERRIDE = 'docker-compose.override.yml';

/**
 * Merges `docker-compose.yml` and the user's `docker-compose.override.yml` with `docker compose config`: profiles selected, variables filled in, paths absolute.
 * Throws a `Failure` with Compose's error if they are not valid.
 *
 * @param env the variables; the user's `.env` is not read: only these count
 */
export async function mergeCompose(
  exec: Exec,
  root: string,
  profiles: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ComposeModel> {
  const merge = async (files: readonly string[]): Promise<ExecResult> => {
    const command = ['docker', 'compose', '--env-file', '/dev/null', '--project-directory', root];
    const chosen = [...files.flatMap((name) => ['-f', join(root, name)]), ...profiles.flatMap((profile) => ['--profile', profile])];
    return exec([...command, ...chosen, 'config', '--format', 'json'], {
      env: { ...withoutComposeVariables(), ...env },
      timeoutMs: 60_000,
      // Compose 2.26 looks for the file of an `extends` below `include` in the folder that it is started in.
      cwd: root,
    });
  };
  const files = existsSync(join(root, OVERRIDE)) ? [CHECKED_IN, OVERRIDE] : [CHECKED_IN];
  const result = await merge(files);
  if (result.code === 0) return JSON.parse(result.stdout) as ComposeModel;
  // Compose often names no file: an error that occurs only with the override file is in that file.
  const isOurs = files.length === 1 || (await merge([CHECKED_IN])).code !== 0;
  const fix = `Fix it; docker compose ${(isOurs ? [CHECKED_IN] : files).map((name) => `-f ${name}`).join(' ')} config -q reports the same.`;
  throw stackFailure([error(isOurs ? CHECKED_IN : OVERRIDE, firstLine(result), fix)]);
}

/**
 * Runs `docker compose` on the stack as it was published, under its name of then, whatever `.env` and the caller's shell contain now.
 */
export async function compose(exec: Exec, root: string, args: readonly string[], options: Parameters<Exec>[1] = {}): Promise<ExecResult> {
  const model = await publishedModel(root);
  const project = model === undefined ? [] : ['-p', model.name];
  const command = ['docker', 'compose', '--env-file', '/dev/null', '--project-directory', root, ...project];
  return exec([...command, '-f', join(root, EFFECTIVE_COMPOSE), ...args], {
    ...options,
    env: { ...withoutComposeVariables(), ...options.env },
  });
}

/** The model that the last `up` published; undefined before the first one. */
export async function publishedModel(root: string): Promise<ComposeModel | undefined> {
  const text = await readIfThere(join(root, EFFECTIVE_COMPOSE));
  return text === undefined ? undefined : (parse(text) as ComposeModel);
}

/** Variables that change how Compose works, not what it works on. */
const HARMLESS: ReadonlySet<string> = new Set(['COMPOSE_HTTP_TIMEOUT', 'COMPOSE_PARALLEL_LIMIT']);

/**
 * Removes the caller's `COMPOSE_…` variables from a program's environment: one exported for another project would select other files,
 * profiles or another name, and start the stack a second time.
 */
export function withoutComposeVariables(): Readonly<Record<string, undefined>> {
  const keys = Object.keys(process.env).filter((key) => key.startsWith('COMPOSE_') && !HARMLESS.has(key));
  return Object.fromEntries(keys.map((key) => [key, undefined]));
}

function firstLine({ stderr, stdout }: ExecResult): string {
  const lines = `${stderr}\n${stdout}`.split('\n').filter((line) => line.trim() !== '' && !/level=warning/.test(line));
  return lines.at(-1)?.trim() ?? 'docker compose config failed without output';
}
