import type { DebianImage } from './parts.ts';

/** Images of the stack's own services, which run on Node.js. */
export function nodeImage(uid: number, folders: readonly string[], owned: readonly string[] = []): DebianImage {
  return {
    package: 'nodejs',
    links: {},
    folders: Object.fromEntries([...folders.map((path) => [path, 0]), ...owned.map((path) => [path, uid])]),
    changes: [`USER ${uid}:${uid}`, 'WORKDIR /app', 'ENTRYPOINT ["node"]'],
  };
}

/** Images of Prometheus exporters: one program; upstream's path is a link to Debian's. */
export function exporterImage(name: string, path: string, uid: number, folders: Readonly<Record<string, number>> = {}): DebianImage {
  return {
    package: name,
    links: { [path]: `/usr/bin/${name}` },
    folders,
    changes: [`USER ${uid}:${uid}`, 'WORKDIR /', `ENTRYPOINT ["${path}"]`],
  };
}
