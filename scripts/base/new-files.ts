import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes a file that must not exist yet, readable by all: services run as other users, and a umask of 077 would lock them out. */
export async function writeNewFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { flag: 'wx' });
  await chmod(path, 0o644);
}

/** Writes a new secret that only its owner may read; the copy that a service reads is written by `up`. */
export async function writeNewSecret(root: string, file: string, content: string): Promise<void> {
  const folder = join(root, 'secrets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await writeFile(join(folder, file), content, { flag: 'wx', mode: 0o600 });
}
