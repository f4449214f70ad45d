import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bits by which others than owner and group may read, write, or pass through a folder. */
const OTHERS_READ = 0o004;
const OTHERS_WRITE = 0o002;
const OTHERS_PASS = 0o001;

/** What of the stack's own files is open to every user of the host; paths below the checkout. */
interface Exposure {
  readonly readableSecrets: readonly string[];
  readonly writableTextfiles: readonly string[];
}

/** Names in metrics; more are only counted. */
export const MAX_EXPOSED = 50;

/**
 * Looks at modes only: nothing is opened, and as an unprivileged user this could not be. A file behind a closed `secrets/` is out of reach
 * whatever its own mode is, and so is everything in a checkout that others cannot enter. Throws where the checkout is not there.
 */
export async function findExposure(stack: string): Promise<Exposure> {
  if (((await stat(stack)).mode & OTHERS_PASS) === 0) return { readableSecrets: [], writableTextfiles: [] };
  // Copies of editors too (`.env~`, `.env.swp`). A folder that others may pass but not list hides no name that they can guess.
  const settings = (await readdir(stack).catch(() => ['.env'])).filter((name) => name.startsWith('.env') && name !== '.env.example');
  return {
    readableSecrets: [
      ...(await withBits(stack, settings, OTHERS_READ)),
      ...(await openFiles(stack, 'secrets', OTHERS_PASS | OTHERS_READ, OTHERS_READ)),
    ],
    writableTextfiles: await openFiles(stack, 'exporters/node/textfile', OTHERS_WRITE, OTHERS_WRITE),
  };
}

/** The folder itself where others have one of the bits on it, and the files in it that are open too. */
async function openFiles(stack: string, folder: string, folderBits: number, fileBits: number): Promise<readonly string[]> {
  const mode = await modeOf(join(stack, folder));
  if (mode === undefined) return [];
  const open = (mode & folderBits) !== 0;
  // Files cannot be looked at behind a closed folder, and need not be; in one that may only not be written to, a file still may.
  if (!open && folderBits !== OTHERS_WRITE) return [];
  const names = await readdir(join(stack, folder)).catch(() => []);
  const files = await withBits(
    stack,
    names.map((name) => `${folder}/${name}`),
    fileBits,
  );
  return open ? [folder, ...files] : files;
}

async function withBits(stack: string, paths: readonly string[], bits: number): Promise<readonly string[]> {
  const modes = await Promise.all(paths.map(async (path) => [path, await modeOf(join(stack, path))] as const));
  return modes.filter(([, mode]) => mode !== undefined && (mode & bits) !== 0).map(([path]) => path);
}

async function modeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mode }) => mode,
    () => undefined,
  );
}
