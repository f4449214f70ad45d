import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readlink, realpath, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { belongsToCopy, takenBy } from './plan.ts';
import type { Exec } from '../base/exec.ts';
import { readIfThere } from '../base/files.ts';

/** What exists at the path of a new copy. */
export type Destination = 'free' | 'empty folder' | 'not empty' | 'a file' | 'no parent';

/** Inspects the path of a new copy. `path` is the real one, links resolved. */
export async function lookAtDestination(target: string): Promise<{ readonly kind: Destination; readonly path: string }> {
  const parent = await realpath(dirname(target)).catch(() => undefined);
  if (parent === undefined || !(await stat(parent)).isDirectory()) return { kind: 'no parent', path: target };
  const present = await realpath(target).catch(() => undefined);
  if (present === undefined) return { kind: 'free', path: join(parent, target.slice(dirname(target).length).replace(/^[/\\]+/, '')) };
  if (!(await stat(present)).isDirectory()) return { kind: 'a file', path: present };
  return { kind: (await readdir(present)).length === 0 ? 'empty folder' : 'not empty', path: present };
}

/** The files of a stack's folder that a copy gets: the tracked ones, or without git all that `.gitignore` does not exclude. */
export async function filesToCopy(exec: Exec, root: string): Promise<readonly string[]> {
  const ignored = ((await readIfThere(join(root, '.gitignore'))) ?? '').split('\n');
  const tracked = await exec(['git', 'ls-files', '-z'], { cwd: root });
  const listed = tracked.code === 0 ? tracked.stdout.split('\0').filter((path) => path !== '') : [];
  if (listed.length === 0) return walk(root, '', (path) => belongsToCopy(path, ignored));
  const here = await Promise.all(
    listed.filter((path) => belongsToCopy(path, [])).map(async (path) => [path, await isFile(join(root, path))] as const),
  );
  return here.filter(([, there]) => there).map(([path]) => path);
}

/** Copies files with their modes; a link stays a link. */
export async function copyFiles(root: string, target: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const [from, to] = [join(root, path), join(target, path)];
    await mkdir(dirname(to), { recursive: true });
    if ((await lstat(from)).isSymbolicLink()) await symlink(await readlink(from), to);
    else await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

/** Empties a folder that this program filled; removes it if this program also made it. */
export async function removeCopy(target: string, made: boolean): Promise<void> {
  if (made) await rm(target, { recursive: true, force: true });
  else for (const name of await readdir(target)) await rm(join(target, name), { recursive: true, force: true });
}

/** Project names and ports of the stack's folders in and beside the given ones: a stack that is not running now still owns its ports. */
export async function neighbours(
  folders: readonly string[],
): Promise<{ readonly projects: readonly string[]; readonly ports: readonly number[] }> {
  const beside = await Promise.all(
    folders.map(async (folder) => (await readdir(folder).catch(() => [])).map((name) => join(folder, name))),
  );
  const texts = await Promise.all(
    [...new Set(beside.flat())].map(async (folder) =>
      (await isFile(join(folder, 'scripts/start.mjs'))) ? readIfThere(join(folder, '.env')).catch(() => undefined) : undefined,
    ),
  );
  const taken = texts.filter((text) => text !== undefined).map(takenBy);
  return { projects: taken.flatMap(({ project }) => project ?? []), ports: taken.flatMap(({ ports }) => ports) };
}

async function walk(root: string, folder: string, belongs: (path: string) => boolean): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!belongs(entry.isDirectory() ? `${path}/` : path)) return [];
      if (entry.isDirectory()) return walk(root, path, belongs);
      return entry.isFile() || entry.isSymbolicLink() ? [path] : [];
    }),
  );
  return nested.flat().sort();
}

async function isFile(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isFile() || found.isSymbolicLink(),
    () => false,
  );
}
