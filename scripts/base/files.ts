import type { Tree } from './tree.ts';
import { chmod, chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inputFailure } from './failure.ts';
import { unreadable, userName } from './unreadable.ts';

/** The checkout: the folder that holds `package.json`. */
export const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** The text of a file; undefined if it is missing. Throws a `Failure` if it is unreadable or a folder. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (failure) {
    if (isMissing(failure)) return undefined;
    throw await explained(failure, path);
  }
}

/** All files below `root/dir`, by their path below `root`, with `/`; none if the folder is missing. Throws a `Failure` if one is unreadable. */
export async function readTree(root: string, dir: string): Promise<Map<string, string>> {
  const entries = await readdir(join(root, dir), { withFileTypes: true, recursive: true }).catch(async (failure: unknown) => {
    if (isMissing(failure)) return [];
    throw await explained(failure, join(root, dir));
  });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map(async (file) => [relative(root, file).split(sep).join('/'), await textOf(file)] as const));
  return new Map(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Makes a folder hold exactly the tree. Each file that differs is replaced in one step (written beside it and renamed),
 * so that a reader never sees half a file. Folders stay: containers mount them, and a mount follows the folder it was given.
 *
 * @returns the paths that were written or removed
 */
export async function publishTree(tree: Tree, dir: string): Promise<readonly string[]> {
  const present = await readTree(dir, '.');
  const changed: string[] = [];
  for (const [path, text] of tree) {
    if (present.get(path) === text) continue;
    const target = join(dir, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(`${target}.new`, text);
    // Services run as other users; a umask of 077 would lock them out.
    await chmod(`${target}.new`, 0o644);
    await rename(`${target}.new`, target);
    changed.push(path);
  }
  for (const folder of foldersOf(dir, tree.keys())) await chmod(folder, 0o755);
  for (const path of present.keys()) {
    if (tree.has(path)) continue;
    await rm(join(dir, path), { force: true });
    changed.push(path);
  }
  return changed;
}

/** Every folder between a folder and its files, itself included. */
function foldersOf(dir: string, paths: Iterable<string>): ReadonlySet<string> {
  const folders = new Set<string>([dir]);
  for (const path of paths) for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(join(dir, folder));
  return folders;
}

/** Makes a mounted folder of the checkout readable by every user, also under a umask of 077. Returns what was changed. */
export async function makeReadable(root: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true, recursive: true });
  const paths = [
    join(root, folder),
    ...entries.filter((entry) => entry.isFile() || entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name)),
  ];
  const changed: string[] = [];
  for (const path of paths) {
    const { mode } = await stat(path);
    const wanted = mode | ((mode & 0o040000) !== 0 ? 0o055 : 0o044);
    if (wanted === mode) continue;
    await chmod(path, wanted & 0o7777);
    changed.push(relative(root, path));
  }
  return changed;
}

/**
 * Writes a secret if it differs, in place: it is mounted as a single file, and that mount follows the inode.
 * As root the file belongs to the uid that reads it (0400); otherwise it is readable by all, behind `secrets/`, which is 0700.
 */
export async function writeSecret(dir: string, file: string, content: string, uid: number): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  const path = join(dir, file);
  const root = process.getuid?.() === 0;
  if ((await readIfThere(path)) !== content) {
    const handle = await open(path, 'a', 0o600);
    try {
      await handle.truncate(0);
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
  if (root) await chown(path, uid, uid);
  await chmod(path, root ? 0o400 : 0o444);
}

/** The permission bits of a file; undefined if it is missing. */
export async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (failure) {
    if (isMissing(failure)) return undefined;
    throw failure;
  }
}

function isMissing(failure: unknown): boolean {
  return failure instanceof Error && 'code' in failure && (failure.code === 'ENOENT' || failure.code === 'ENOTDIR');
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (failure) {
    throw await explained(failure, path);
  }
}

/** Turns "permission denied" into a `Failure` that names the file's owner; returns any other error unchanged. */
async function explained(failure: unknown, path: string): Promise<unknown> {
  if (!(failure instanceof Error) || !('code' in failure)) return failure;
  const { code } = failure;
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EISDIR') return failure;
  // Inside a closed folder not even a file's owner is visible: report the folder.
  const [shut, uid] = (await ownerOf(path)) ?? [path, undefined];
  const fromRoot = relative(ROOT, shut);
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return inputFailure([
    unreadable({
      place: fromRoot.startsWith('..') ? shut : fromRoot,
      code,
      owner: uid === undefined ? undefined : userName(passwd, uid),
      isOwn: uid !== undefined && uid === process.geteuid?.(),
    }),
  ]);
}

/** The nearest path whose owner is visible, and that owner. */
async function ownerOf(path: string): Promise<readonly [string, number] | undefined> {
  for (let at = path; dirname(at) !== at; at = dirname(at)) {
    const found = await stat(at).catch(() => undefined);
    if (found !== undefined) return [at, found.uid];
  }
  return undefined;
}
