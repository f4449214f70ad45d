import type { Tree } from '../base/tree.ts';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ComposeModel } from '../base/compose-model.ts';
import type { SecretFile } from '../modules/parts.ts';
import { makeReadable, publishTree, writeSecret } from '../base/files.ts';

/** The folder that containers mount, below the checkout. */
const EFFECTIVE = '.effective';
/** The folder in which the next configuration is laid out and linted. */
export const STAGING = '.staging';

/** Folders of the checkout that containers mount where they stand. */
const READ_IN_PLACE = ['prometheus/targets', 'exporters/node/textfile'];

/** The rendered Compose model as a file of the tree, so that everything that runs stands in one folder. */
export function withComposeFile(tree: Tree, model: ComposeModel): Map<string, string> {
  return new Map(tree).set('compose.yml', stringify(model));
}

/** Lays files out for the linters, which run as another user. Returns the folder. */
export async function stage(root: string, name: string, tree: Tree): Promise<string> {
  const dir = join(root, STAGING, name);
  await publishTree(tree, dir);
  return dir;
}

/** Takes away a folder that was laid out for one run only. */
export async function unstage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Makes `.effective/` and `secrets/` what was checked. Returns the changed paths below `.effective/`. */
export async function publish(root: string, tree: Tree, secrets: readonly SecretFile[]): Promise<readonly string[]> {
  for (const { file, content, uid } of secrets) await writeSecret(join(root, 'secrets'), file, content, uid);
  for (const folder of READ_IN_PLACE) await makeReadable(root, folder);
  return publishTree(tree, join(root, EFFECTIVE));
}

/** Remembers, in a file of their own, the digests of inputs that passed. */
export async function rememberLint(root: string, file: string, keys: readonly string[]): Promise<void> {
  await mkdir(join(root, STAGING), { recursive: true });
  await writeFile(join(root, STAGING, file), keys.join('\n'));
}
