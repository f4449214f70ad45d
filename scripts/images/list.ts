import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { composeEnv } from '../settings/settings.ts';
import { DEBIAN_IMAGES } from './debian-images.ts';
import { inputFailure, stackFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import { mergeCompose } from '../engine/compose.ts';
import { localBuilds } from './io.ts';
import { loadSettings } from '../settings/io.ts';
import type { Workspace } from '../engine/workspace.ts';

/** Every image that the Compose files name, with what the engine has of it. */
export async function listImages({ root, exec, docker }: Workspace): Promise<readonly ImageRow[]> {
  const { settings } = await loadSettings(root);
  const model = await mergeCompose(exec, root, ['*'], composeEnv(settings.plain, { subnet: '', gateway: '127.0.0.1' }));
  const held = new Map((await docker.listImages()).flatMap(({ RepoTags, Size }) => (RepoTags ?? []).map((tag) => [tag, Size] as const)));
  const local = localBuilds(Object.keys(model.services), new Set(held.keys()));
  return Object.entries(model.services).map(([service, { image }]) => {
    const built = local.get(service)?.name;
    const present = held.has(image) ? image : (built ?? '');
    const from = present === '' ? 'missing' : present === image ? 'pinned' : 'debian';
    return { service, pinned: image, from, present, bytes: held.get(present) ?? 0, debianPackage: DEBIAN_IMAGES[service]?.package ?? '' };
  });
}

/** Writes every present image to one file. Returns their names. */
export async function saveImages({ exec, report }: Workspace, rows: readonly ImageRow[], file: string): Promise<readonly string[]> {
  if (!existsSync(dirname(resolve(file))))
    throw inputFailure([error(file, 'its folder does not exist', `mkdir -p ${dirname(resolve(file))}`)]);
  const names = [...new Set(rows.map(({ present }) => present).filter((name) => name !== ''))];
  if (names.length === 0) return names;
  return report.step(`${names.length} images saved`, async () => {
    const { code, stderr } = await exec(['docker', 'save', '--output', resolve(file), ...names]);
    if (code !== 0) throw stackFailure([error(`docker save ${basename(file)}`, stderr.trim(), 'Is that disk full?')]);
    return names;
  });
}

/** Loads the images of such a file into the engine. */
export async function loadImages({ exec, report }: Workspace, file: string): Promise<void> {
  if (!existsSync(file))
    throw inputFailure([error(file, 'does not exist', 'npm run images -- save FILE makes it on a host that has the images.')]);
  await report.step('images loaded', async (detail) => {
    const { code, stdout, stderr } = await exec(['docker', 'load', '--input', resolve(file)]);
    if (code !== 0)
      throw inputFailure([
        error(file, `is not a file of images: ${stderr.trim()}`, 'npm run images -- save FILE makes it on a host that has the images.'),
      ]);
    detail(`${stdout.split('\n').filter((line) => line.startsWith('Loaded image')).length}`);
  });
}

/** One image of the stack. */
export interface ImageRow {
  readonly service: string;
  readonly pinned: string;
  /** `pinned`: present under its pinned name; `debian`: built here from a Debian package; `missing`. */
  readonly from: 'pinned' | 'debian' | 'missing';
  /** Its name in the engine; empty if it is missing. */
  readonly present: string;
  readonly bytes: number;
  /** The Debian package it can be built from; empty if Debian has none. */
  readonly debianPackage: string;
}
