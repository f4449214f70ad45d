import type { Tree } from '../base/tree.ts';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ComposeModel } from '../base/compose-model.ts';
import type { SecretFile } from '../modules/parts.ts';
import { makeReadable, publishTree, writeSecret } from '../base/files.ts';

/** The folder that containers mount, below the checkout. */
export const EFFECTIVE = '.effective';
/** The folder in which the next configuration is staged and linted. */
export const STAGING = '.staging';

/** Folders of the checkout that containers mount directly. */
const READ_IN_PLACE = ['prometheus/targets', 'exporters/node/textfile'];

/** The rendered Compose model as a file of the tree, so that all of the running configuration is in one folder. */
export function withComposeFile(tree: Tree, model: ComposeModel): Map<string, string> {
  return new Map(tree).set('compose.yml', stringify(model));
}

/** Stages files for the linters, which run as another user. Returns the folder. */
export async function stage(root: string, name: string, tree: Tree): Promise<string> {
  const dir = join(root, STAGING, name);
  await publishTree(tree, dir);
  return dir;
}

/** Removes a folder that was staged for one run. */
export async function unstage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Writes the checked files to `.effective/` and `secrets/`. Returns the changed paths below `.effective/`. */
export async function publish(root: string, tree: Tree, secrets: readonly SecretFile[]): Promise<readonly string[]> {
  for (const { file, content, uid } of secrets) await writeSecret(join(root, 'secrets'), file, content, uid);
  for (const folder of READ_IN_PLACE) await makeReadable(root, folder);
  return publishTree(tree, join(root, EFFECTIVE));
}

/** Stores the digests of inputs that passed. */
export async function rememberLint(root: string, file: string, keys: readonly string[]): Promise<void> {
  await mkdir(join(root, STAGING), { recursive: true });
  await writeFile(join(root, STAGING, file), keys.join('\n'));
}
