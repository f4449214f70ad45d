import type { PublishedPort } from '../base/compose-model.ts';
import { isIPv6 } from 'node:net';
import { error, warning, type Problem } from '../base/problem.ts';

/** A listening TCP socket of the host. `holder` is shown to the user: a program or a container. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  readonly holder: string;
}

const ANY = new Set(['0.0.0.0', '::', '*']);

/** The listener that blocks binding, or undefined: the same port on the same address, or on every address. */
export function conflicting(wanted: Pick<PublishedPort, 'address' | 'port'>, listeners: readonly Listener[]): Listener | undefined {
  return listeners.find(
    (listener) =>
      listener.port === wanted.port && (listener.address === wanted.address || ANY.has(listener.address) || ANY.has(wanted.address)),
  );
}

/** A problem per published port that another program holds. `settingOf` names the setting of a service's port. */
export function portProblems(
  wanted: readonly PublishedPort[],
  listeners: readonly Listener[],
  settingOf: (service: string) => string,
): readonly Problem[] {
  return wanted.flatMap(({ service, address, port }) => {
    const held = conflicting({ address, port }, listeners);
    return held === undefined
      ? []
      : [
          error(
            `port ${address}:${port}`,
            `is needed by ${service}, but used by ${held.holder}`,
            `Stop it, or set another ${settingOf(service)} in .env.`,
          ),
        ];
  });
}

/** An address in canonical form: IPv6 at its shortest, without a zone. */
function canonical(address: string): string {
  const bare = address.replace(/%.*$/, '').toLowerCase();
  return isIPv6(bare) ? new URL(`http://[${bare}]`).hostname : bare;
}

/**
 * An error if the ports would be published on an address that this host does not have: the engine notices only after the old containers
 * are removed.
 *
 * @param place where the address is set, such as `.env:12`
 * @param held every address of this host's interfaces
 */
export function bindAddressProblems(place: string, asked: string, held: readonly string[]): readonly Problem[] {
  // All of 127.0.0.0/8 is this host, whatever its interfaces list.
  if (ANY.has(asked) || asked.startsWith('127.') || held.map(canonical).includes(canonical(asked))) return [];
  return [
    error(
      place,
      `BIND_ADDRESS: no interface of this host has the address ${asked}`,
      `127.0.0.1 (this host only), 0.0.0.0 (every network) or one of ${held.filter((address) => !/^(127\.|::1$|fe80:)/.test(address)).join(', ')}.`,
    ),
  ];
}

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** Free space that `up` needs before any data: a database that cannot write is worse than none. */
const DISK_MINIMUM_BYTES = 1 * GIB;

/** Bytes of a Prometheus size such as `10GB` (powers of 1024, as Prometheus reads it). */
export function sizeBytes(size: string): number {
  const [, number = '0', unit = 'MB'] = /^(\d+)(KB|MB|GB|TB)$/.exec(size) ?? [];
  return Number(number) * 1024 ** (['KB', 'MB', 'GB', 'TB'].indexOf(unit) + 1);
}

/**
 * Disk of the engine's data folder: an error if it is nearly full, a warning if Prometheus may outgrow the free space.
 * Retention by size does not count the write-ahead log, hence a fifth more.
 */
export function diskProblems(path: string, freeBytes: number, usedByPrometheusBytes: number, retentionSize: string): readonly Problem[] {
  if (freeBytes < DISK_MINIMUM_BYTES)
    return [
      error(
        `disk of ${path}`,
        `has ${Math.floor(freeBytes / MIB)} MiB free; the stack needs at least 1 GiB`,
        'docker system df; then free some space.',
      ),
    ];
  const growth = sizeBytes(retentionSize) * 1.2 - usedByPrometheusBytes;
  if (growth > freeBytes) {
    return [
      warning(
        `disk of ${path}`,
        `has ${(freeBytes / GIB).toFixed(1)} GiB free, but PROMETHEUS_RETENTION_SIZE=${retentionSize} lets Prometheus grow by ${(growth / GIB).toFixed(1)} GiB`,
        'Set a smaller PROMETHEUS_RETENTION_SIZE, or free some space.',
      ),
    ];
  }
  return [];
}

/** A warning if the services' memory limits add up to more than the host has. */
export function memoryProblems(limitBytes: number, totalBytes: number): readonly Problem[] {
  return limitBytes <= totalBytes
    ? []
    : [
        warning(
          'memory',
          `of this host (${Math.floor(totalBytes / MIB)} MiB) is less than the limits of all services (${Math.floor(limitBytes / MIB)} MiB)`,
          'Turn modules off in MODULES, or expect the kernel to kill services under load.',
        ),
      ];
}
