import type { HostPaths } from '../parts.ts';
import type { ComposeModel, ComposeService } from '../../base/compose-model.ts';
import { error, warning, type Problem } from '../../base/problem.ts';

type Volume = NonNullable<ComposeService['volumes']>[number];

/** The collector, the service that shows its file, and the volume between them. */
const COLLECTOR = 'security-collector';
const READER = 'node-exporter';
const VOLUME = 'security-data';

/** Where the collector sees the host's folders. */
const HOST = '/host';

/** Let's Encrypt's `live` holds links to `../../archive`; the tree that holds both, for paths in `live`. */
function linkedTree(path: string): { readonly tree: string; readonly archive: string } | undefined {
  const [, tree] = /^(\/.+?)\/live(?:\/|$)/.exec(path) ?? [];
  return tree === undefined ? undefined : { tree, archive: `${tree}/archive` };
}

/**
 * Folders to mount for the paths of `SECURITY_CERTIFICATES` that the host has: of a single file its folder, because a renewed file is another one;
 * of Let's Encrypt's links the tree, so that they lead somewhere.
 */
export function certificateFolders(paths: readonly string[], host: HostPaths): readonly string[] {
  const folders = paths.flatMap((path) => {
    const kind = host.get(path);
    const linked = linkedTree(path);
    if (kind !== 'folder' && kind !== 'file') return [];
    if (linked !== undefined && host.get(linked.archive) === 'folder') return [linked.tree];
    const folder = kind === 'folder' ? path : path.slice(0, path.lastIndexOf('/'));
    return folder === '' ? [] : [folder];
  });
  return [...new Set(folders)];
}

/** Paths of the host that must be looked at before mounting: what the model mounts for the collector, and what the certificates need. */
export function askedPaths(model: ComposeModel, certificates: readonly string[]): readonly string[] {
  const links = certificates.flatMap((path) => linkedTree(path)?.archive ?? []);
  return [...ofHost(model.services[COLLECTOR]?.volumes), ...certificates, ...links];
}

/** Paths of certificates that cannot be mounted (errors) or that the host does not have (warnings). `place` is where they are set. */
export function certificateProblems(paths: readonly string[], host: HostPaths, place: string): readonly Problem[] {
  return paths.flatMap((path) => {
    const kind = host.get(path);
    const say = `SECURITY_CERTIFICATES: ${path}`;
    if (kind === 'file' && path.lastIndexOf('/') === 0)
      return [
        error(
          place,
          `${say} is a file in /, and of a file its folder is mounted`,
          'Put it into a folder of its own, such as /etc/tls, and name that.',
        ),
      ];
    if (kind === 'absent') return [warning(place, `${say} is not there, so nothing watches it`, 'Correct the path, then npm run up.')];
    if (kind === 'closed')
      return [
        warning(
          place,
          `${say} is behind a folder that is closed to you, and to the collector too`,
          'Give it a folder that everybody may enter; keys stay closed by their own modes.',
        ),
      ];
    return [];
  });
}

function ofHost(volumes: readonly Volume[] = []): readonly string[] {
  return volumes.flatMap(({ source, target }) => (source !== undefined && target.startsWith(`${HOST}/`) ? [source] : []));
}

/**
 * Mounts the folders of certificates, leaves out what the host does not have (the collector tells of it; Docker would make an empty folder),
 * and lets node exporter show what the collector writes. Changes the model in place.
 */
export function connectSecurity(model: ComposeModel, certificates: readonly string[], host: HostPaths): void {
  const collector = model.services[COLLECTOR];
  if (collector === undefined) return;
  collector.environment = { ...collector.environment, CERTIFICATES: certificates.join(',') };
  const folders = certificateFolders(certificates, host).map((source) => ({
    type: 'bind',
    source,
    target: HOST + source,
    read_only: true,
    bind: { create_host_path: false },
  }));
  const isThere = ({ source = '', target }: Volume): boolean =>
    !(target.startsWith(`${HOST}/`) && ['absent', 'closed'].includes(host.get(source) ?? ''));
  collector.volumes = [...(collector.volumes ?? []), ...folders].filter(isThere);
  const reader = model.services[READER];
  if (reader === undefined) return;
  reader['command'] = [...((reader['command'] as string[] | undefined) ?? []), '--collector.textfile.directory=/security/metrics'];
  reader.volumes = [...(reader.volumes ?? []), { type: 'volume', source: VOLUME, target: '/security', read_only: true }];
}
