import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere } from '../../scripts/base/files.ts';

/** Writes files that differ from what is there. Returns their names. */
export async function writeTexts(folder: string, texts: ReadonlyMap<string, string>): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  for (const [name, text] of texts) {
    if ((await readIfThere(join(folder, name))) === text) continue;
    await writeFile(join(folder, name), text);
    written.push(name);
  }
  return written;
}
