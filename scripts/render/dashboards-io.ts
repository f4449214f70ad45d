import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes the generated dashboards and removes obsolete ones; subfolders are the user's and stay untouched. */
export async function writeDashboards(dir: string, wanted: ReadonlyMap<string, string>, left: readonly string[]): Promise<void> {
  for (const [name, text] of wanted) await writeFile(join(dir, name), text);
  for (const name of left) await rm(join(dir, name));
}
