import { modules } from '../modules/index.ts';
import type { DebianImage } from '../modules/parts.ts';

/** The services that Debian packages, by Compose service. Grafana, Loki, the log shippers and cAdvisor are not among them. */
export const DEBIAN_IMAGES: Readonly<Record<string, DebianImage>> = Object.fromEntries(
  modules.flatMap(({ images = {} }) => Object.entries(images)),
);

/** Debian's suite that packages exactly the pinned versions of nearly all of them. */
const DEBIAN_SUITE = 'forky';

/** Upstream's version in a Debian version: without epoch, repackaging mark and revision (`1:3.5.3+ds1-6` → `3.5.3`). */
export function upstreamVersion(debianVersion: string): string {
  return debianVersion.replace(/^\d+:/, '').replace(/[+~-].*$/, '');
}

/** The tag of a locally built image. Never upstream's name: no one should mistake it for upstream's image. */
export function debianTag(service: string, version: string): string {
  return `pharos/${service}:${version}-debian`;
}

/** Where packages and files for the base of all images come from. */
export interface BaseSource {
  readonly mirror: string;
  /** The checkout, for files that images contain. */
  readonly root: string;
  readonly ignoreExpiry: boolean;
}

/** Arguments of the one mmdebstrap pass that makes the base of all of them; `$1` in a hook is the new root. */
export function mmdebstrapArgs(services: readonly string[], { mirror, root, ignoreExpiry }: BaseSource): readonly string[] {
  const images = services.flatMap((service) => DEBIAN_IMAGES[service] ?? []);
  const packages = ['busybox', 'ca-certificates', ...new Set(images.map((image) => image.package))];
  const links = { '/bin/wget': '/bin/busybox', ...Object.assign({}, ...images.map((image) => image.links)) } as Record<string, string>;
  const folders = Object.assign({}, ...images.map((image) => image.folders)) as Record<string, number>;
  const copies = Object.assign({}, ...images.map((image) => image.copies ?? {})) as Record<string, string>;
  const hooks = [
    ...Object.entries(folders).map(([path, uid]) => `mkdir -p "$1${path}" && chown ${uid}:${uid} "$1${path}"`),
    ...Object.entries(links).map(([path, target]) => `ln -sf ${target} "$1${path}"`),
    ...Object.entries(copies).map(([path, folder]) => `copy-in ${root}/${path} ${folder}`),
  ];
  return [
    '--variant=essential',
    ...(ignoreExpiry ? ['--aptopt=Acquire::Check-Valid-Until "false"'] : []),
    `--include=${packages.join(',')}`,
    ...hooks.map((hook) => `--customize-hook=${hook}`),
    DEBIAN_SUITE,
    '-',
    mirror,
  ];
}

/** Why a pull failed. */
export type PullFailure = 'unreachable' | 'refused';

/** Distinguishes an unreachable registry from one that refuses. Texts are those of Docker Engine 20.10 to 29. */
export function classifyPull(output: string): PullFailure {
  const unreachable =
    /dial tcp|no such host|i\/o timeout|network is unreachable|TLS handshake timeout|connection (refused|reset)|proxyconnect|server misbehaving|Client\.Timeout|context deadline exceeded|Temporary failure|\bEOF\b|failed to (do request|resolve reference)|no route to host/i;
  return unreachable.test(output) && !/manifest unknown|not found: manifest|denied|unauthorized|toomanyrequests/i.test(output)
    ? 'unreachable'
    : 'refused';
}
