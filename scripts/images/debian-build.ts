import { randomUUID } from 'node:crypto';
import { isExpiredMirror } from '../engine/apt.ts';
import { readFile } from 'node:fs/promises';
import { DEBIAN_IMAGES, debianTag, mmdebstrapArgs, upstreamVersion } from './debian-images.ts';
import { stackFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import type { Exec } from '../base/exec.ts';

/** The pass takes about half a minute on two cores with a near mirror. */
const BUILD_MS = 600_000;

export interface BuildOptions {
  readonly exec: Exec;
  readonly mirror: string;
  readonly services: readonly string[];
  /** The checkout, for files that images contain. */
  readonly root: string;
  readonly note: (text: string) => void;
}

/** Why images cannot be built from Debian packages on this host; undefined if they can. Installs mmdebstrap if allowed. */
export async function debianBuildBlocker({
  exec,
  mayInstall,
}: {
  readonly exec: Exec;
  readonly mayInstall: () => Promise<boolean>;
}): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'that needs root';
  if ((await exec(['mmdebstrap', '--version'])).code === 0) return undefined;
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!/^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release)) return 'that needs mmdebstrap, which only Debian and Ubuntu package';
  if (!(await mayInstall())) return 'that needs mmdebstrap (npm run up -- --yes installs it)';
  await exec(['apt-get', 'update', '-qq'], { timeoutMs: 300_000 });
  const install = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'mmdebstrap', 'debian-archive-keyring'];
  const { code, stderr } = await exec(install, { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 300_000 });
  return code === 0 ? undefined : `apt-get could not install mmdebstrap: ${stderr.trim().split('\n').at(-1) ?? ''}`;
}

/**
 * Builds the images of the services in one mmdebstrap pass: one base with every package, and on it an image per service that differs in metadata only.
 * An image gets its tag when it is complete, so an interrupt leaves no partial image.
 *
 * @returns upstream's version of each service's program
 */
export async function buildFromDebian(options: BuildOptions): Promise<ReadonlyMap<string, string>> {
  const { exec, services } = options;
  // A name of its own: two checkouts may build at the same time.
  const base = `pharos/debian-base:${randomUUID()}`;
  await buildBase(options, base);
  const packages = services.map((service) => DEBIAN_IMAGES[service]?.package ?? '');
  const asked = await exec([
    'docker',
    'run',
    '--rm',
    '--pull',
    'never',
    '--network',
    'none',
    base,
    'dpkg-query',
    '-W',
    '-f',
    '${Package} ${Version}\\n',
    ...packages,
  ]);
  const versions = new Map(asked.stdout.split('\n').map((line) => line.split(' ') as [string, string | undefined]));
  const built = new Map<string, string>();
  for (const service of services) {
    const image = DEBIAN_IMAGES[service];
    if (image === undefined) continue;
    const version = upstreamVersion(versions.get(image.package) ?? '');
    await commitImage(exec, base, debianTag(service, version), image.changes);
    built.set(service, version);
  }
  await exec(['docker', 'rmi', base]);
  return built;
}

async function buildBase({ exec, mirror, services, root, note }: BuildOptions, tag: string): Promise<void> {
  const run = async (ignoreExpiry: boolean) => importRoot(exec, mmdebstrapArgs(services, { mirror, root, ignoreExpiry }), tag);
  let result = await run(false);
  if (result.code !== 0 && isExpiredMirror(result.stderr)) {
    note(`  The release file of ${mirror} is older than apt allows; its packages are used anyway (their signatures are checked).`);
    result = await run(true);
  }
  if (result.code !== 0) {
    const why = result.stderr
      .split('\n')
      .filter((line) => /^(E:|W:|Err)/.test(line))
      .slice(-5)
      .join('\n      ');
    throw stackFailure([
      error(
        'images from Debian packages',
        why || 'mmdebstrap failed without output',
        `Check that ${mirror} is reachable, or set DEBIAN_MIRROR in .env to another mirror.`,
      ),
    ]);
  }
}

/** What is imported gets its tag only if mmdebstrap ended well: `docker import` takes a root file system that is cut short, or empty, for complete. */
const IMPORT = `
set -o pipefail
tag=$1
shift
if id=$(mmdebstrap "$@" | docker import -); then
  docker tag "$id" "$tag"
else
  docker rmi "$id" >&2
  exit 1
fi
`;

/** Runs mmdebstrap and imports the root file system that it writes as an image. */
export async function importRoot(exec: Exec, args: readonly string[], tag: string) {
  return exec(['bash', '-c', IMPORT, 'mmdebstrap', tag, ...args], { timeoutMs: BUILD_MS });
}

/** Gives an image a tag and other metadata, without a builder and without a copy of its layers. */
export async function commitImage(exec: Exec, base: string, tag: string, changes: readonly string[]): Promise<void> {
  const created = await exec(['docker', 'create', '--pull', 'never', base, 'true']);
  const id = created.stdout.trim();
  const committed = await exec(['docker', 'commit', ...changes.flatMap((change) => ['--change', change]), id, tag]);
  await exec(['docker', 'rm', id]);
  if (committed.code !== 0) throw stackFailure([error(`image ${tag}`, committed.stderr.trim(), 'docker system df; is the disk full?')]);
}
