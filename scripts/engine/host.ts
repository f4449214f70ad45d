import type { HostPaths, PathKind } from '../modules/parts.ts';
import { readdir, readFile, readlink, stat, statfs } from 'node:fs/promises';
import { hostname, networkInterfaces, totalmem } from 'node:os';
import { parseListeningSockets, type ListeningSocket } from './proc-net.ts';
import type { Listener } from './host-checks.ts';

/** This host's name, for the `instance` label of its metrics. */
export function serverName(): string {
  return hostname();
}

/** What exists at each path of this host; links are followed. */
export async function hostPaths(paths: readonly string[]): Promise<HostPaths> {
  return new Map(await Promise.all(paths.map(async (path) => [path, await pathKind(path)] as const)));
}

async function pathKind(path: string): Promise<PathKind> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (failure) {
    return failure instanceof Error && 'code' in failure && failure.code === 'EACCES' ? 'closed' : 'absent';
  }
}

/** Bytes of memory of this host. */
export function totalMemory(): number {
  return totalmem();
}

/** Every address of this host's interfaces. */
export function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
}

/** Bytes that a user may still write on the file system that holds the path; undefined if unknown. */
export async function freeBytes(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** Everything that listens on this host, with the program that holds it (as root; "another program" otherwise). Linux only; empty elsewhere. */
export async function listeners(): Promise<readonly Listener[]> {
  const texts = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')));
  const sockets = texts.flatMap(parseListeningSockets);
  const holders = await programsByInode(sockets);
  return sockets.map(({ address, port, inode }) => ({ address, port, holder: holders.get(inode) ?? 'another program' }));
}

/** IPv4 networks that this host has a route to, such as `192.168.0.0/24`. Linux only. */
export async function routes(): Promise<readonly string[]> {
  const text = await readFile('/proc/net/route', 'utf8').catch(() => '');
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, destination = '', , , , , , mask = ''] = line.split('\t');
      const bits = Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length;
      const address = (destination.match(/../g) ?? [])
        .reverse()
        .map((byte) => Number.parseInt(byte, 16))
        .join('.');
      return /^\d+\.\d+\.\d+\.\d+$/.test(address) && bits > 0 ? [`${address}/${bits}`] : [];
    });
}

async function programsByInode(sockets: readonly ListeningSocket[]): Promise<Map<string, string>> {
  const wanted = new Set(sockets.map(({ inode }) => inode));
  const holders = new Map<string, string>();
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  await Promise.all(
    pids.map(async (pid) => {
      // A process may end meanwhile, or belong to another user.
      const fds = await readdir(`/proc/${pid}/fd`).catch(() => []);
      for (const fd of fds) {
        const inode = /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''))?.[1];
        if (inode === undefined || !wanted.has(inode)) continue;
        const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
        holders.set(inode, `${name} (pid ${pid})`);
      }
    }),
  );
  return holders;
}
