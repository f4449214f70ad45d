import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes the generated dashboards and removes those that nothing generates any more; folders below, the user's own, are not looked at. */
export async function writeDashboards(dir: string, wanted: ReadonlyMap<string, string>, left: readonly string[]): Promise<void> {
  for (const [name, text] of wanted) await writeFile(join(dir, name), text);
  for (const name of left) await rm(join(dir, name));
}
