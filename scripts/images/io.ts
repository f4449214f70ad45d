import type Docker from 'dockerode';
import { classifyPull, DEBIAN_IMAGES, debianTag } from './debian-images.ts';
import { stackFailure } from '../base/failure.ts';
import { error, type Problem } from '../base/problem.ts';
import type { LeftOut } from '../modules/selection.ts';
import { buildFromDebian, commitImage, debianBuildBlocker } from './debian-build.ts';
import type { Exec } from '../base/exec.ts';

/** The image that a service runs. */
export interface ServiceImage {
  readonly name: string;
  /** `pinned`: upstream's image under its pinned name; `debian`: built on this host from a Debian package. */
  readonly source: 'pinned' | 'debian';
  /** Debian's upstream version; of pinned images the tag. */
  readonly version: string;
}

export interface ImageSet {
  readonly images: ReadonlyMap<string, ServiceImage>;
  readonly leftOut: readonly LeftOut[];
}

interface WantedImage {
  readonly service: string;
  readonly image: string;
}

export interface ImageOptions {
  readonly exec: Exec;
  readonly docker: Docker;
  readonly root: string;
  readonly wanted: readonly WantedImage[];
  readonly mirror: string;
  /** Asks before a package is installed for the build. */
  readonly mayInstall: () => Promise<boolean>;
  readonly detail: (text: string) => void;
  readonly note: (text: string) => void;
}

/** How long the pull of one image may take, and until the registry's first output: an offline host must not wait for every image. */
const PULL_MS = 900_000;
const SILENT_MS = 15_000;

/**
 * Finds an image for every service: present under its pinned name, else pulled, else (if no registry is reachable) built from Debian's package.
 * Unavailable images are skipped, with the reason. Throws a `Failure` if a registry refuses an image: that is a mistake, not an air gap.
 */
export async function ensureImages(options: ImageOptions): Promise<ImageSet> {
  const { docker, wanted, detail } = options;
  const tags = await localTags(docker);
  const found = new Map<string, ServiceImage>();
  for (const { service, image } of wanted)
    if (tags.has(image)) found.set(service, { name: image, source: 'pinned', version: image.split(':').at(-1) ?? '' });
  const absent = wanted.filter(({ service }) => !found.has(service));
  const unreachable = await pullAll(options, absent, found);
  const debian = unreachable.filter(({ service }) => service in DEBIAN_IMAGES);
  const local = localBuilds(Object.keys(DEBIAN_IMAGES), tags);
  for (const { service } of debian) {
    const image = local.get(service) ?? (await fromTwin(options.exec, service, local));
    if (image !== undefined) found.set(service, image);
  }
  const toBuild = debian.filter(({ service }) => !found.has(service)).map(({ service }) => service);
  const blocker = toBuild.length === 0 ? undefined : await debianBuildBlocker(options);
  if (toBuild.length > 0 && blocker === undefined) {
    detail(`no registry can be reached; building images from Debian packages`);
    const { exec, root, mirror, note } = options;
    const built = await buildFromDebian({ exec, mirror, services: toBuild, root, note });
    for (const [service, version] of built)
      if (toBuild.includes(service)) found.set(service, { name: debianTag(service, version), source: 'debian', version });
  }
  const sources = [...found.values()];
  detail(
    `${sources.filter(({ source }) => source === 'pinned').length} pinned, ${sources.filter(({ source }) => source === 'debian').length} built from Debian packages`,
  );
  return {
    images: found,
    leftOut: wanted
      .filter(({ service }) => !found.has(service))
      .map(({ service, image }) => ({ service, reason: missingReason(service, image, blocker) })),
  };
}

/** Services that run the same package differ in metadata only: if one of them has an image, the other's is derived from it in a second. */
async function fromTwin(exec: Exec, service: string, local: ReadonlyMap<string, ServiceImage>): Promise<ServiceImage | undefined> {
  const wanted = DEBIAN_IMAGES[service];
  const twin = [...local].find(([other]) => DEBIAN_IMAGES[other]?.package === wanted?.package)?.[1];
  if (wanted === undefined || twin === undefined) return undefined;
  const name = debianTag(service, twin.version);
  await commitImage(exec, twin.name, name, wanted.changes);
  return { ...twin, name };
}

function missingReason(service: string, image: string, blocker: string | undefined): string {
  if (!(service in DEBIAN_IMAGES))
    return `${image} is not on this host, no registry can be reached, and Debian does not package it (npm run images -- load FILE brings it)`;
  return `${image} is not on this host, no registry can be reached, and it cannot be built: ${blocker ?? 'the build did not produce it'}`;
}

/** Every tag that the engine holds. */
async function localTags(docker: Docker): Promise<ReadonlySet<string>> {
  return new Set((await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []));
}

/** Images of an earlier build on this host. */
export function localBuilds(services: readonly string[], tags: ReadonlySet<string>): ReadonlyMap<string, ServiceImage> {
  const found = new Map<string, ServiceImage>();
  for (const service of services) {
    const name = [...tags]
      .filter((tag) => tag.startsWith(`pharos/${service}:`) && tag.endsWith('-debian'))
      .sort()
      .at(-1);
    if (name !== undefined)
      found.set(service, { name, source: 'debian', version: name.slice(`pharos/${service}:`.length, -'-debian'.length) });
  }
  return found;
}

/** Pulls missing images. The first image of each registry shows whether it is reachable. Returns the images of unreachable registries. */
async function pullAll(
  { exec, detail }: ImageOptions,
  absent: readonly WantedImage[],
  found: Map<string, ServiceImage>,
): Promise<readonly WantedImage[]> {
  const unreachable: WantedImage[] = [];
  const problems: Problem[] = [];
  const byRegistry = groupBy(absent);
  await Promise.all(
    [...byRegistry.values()].map(async (images) => {
      for (const [index, wanted] of images.entries()) {
        detail(`pulling ${wanted.image}`);
        const { code, stderr, stdout } = await exec(['docker', 'pull', wanted.image], { timeoutMs: PULL_MS, silentMs: SILENT_MS });
        if (code === 0) {
          found.set(wanted.service, { name: wanted.image, source: 'pinned', version: wanted.image.split(':').at(-1) ?? '' });
        } else if (stdout === '' && (stderr === '' || classifyPull(stderr) === 'unreachable')) {
          unreachable.push(...images.slice(index));
          return;
        } else
          problems.push(
            error(`image ${wanted.image}`, `the registry refuses it: ${stderr.trim().split('\n').at(-1) ?? ''}`, pullFix(stderr)),
          );
      }
    }),
  );
  if (problems.length > 0) throw stackFailure(problems);
  return unreachable;
}

function pullFix(stderr: string): string {
  if (/toomanyrequests/i.test(stderr)) return 'The registry limits anonymous pulls: docker login, or wait, then npm run up again.';
  if (/denied|unauthorized/i.test(stderr)) return 'docker login, then npm run up again.';
  return 'Check that the image and its tag in the Compose files exist.';
}

function groupBy(images: readonly WantedImage[]): Map<string, WantedImage[]> {
  const groups = new Map<string, WantedImage[]>();
  for (const wanted of images) {
    const [first = ''] = wanted.image.split('/');
    const registry = first.includes('.') ? first : 'docker.io';
    groups.set(registry, [...(groups.get(registry) ?? []), wanted]);
  }
  return groups;
}
