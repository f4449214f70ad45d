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
 * Folders to mount for the paths of `SECURITY_CERTIFICATES` that exist: for a single file its folder, because renewal replaces the file;
 * for Let's Encrypt's links the tree, so that they resolve.
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

/** Paths of the host to inspect before mounting: the collector's mounts, and those of the certificates. */
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
          `${say} is a file in /, but its folder must be mounted`,
          'Put it into a folder of its own, such as /etc/tls, and name that.',
        ),
      ];
    if (kind === 'absent') return [warning(place, `${say} does not exist, so it is not watched`, 'Correct the path, then npm run up.')];
    if (kind === 'closed')
      return [
        warning(
          place,
          `${say} is in a folder that neither you nor the collector can read`,
          'Move it to a folder that all users may enter; file modes still protect the keys.',
        ),
      ];
    return [];
  });
}

function ofHost(volumes: readonly Volume[] = []): readonly string[] {
  return volumes.flatMap(({ source, target }) => (source !== undefined && target.startsWith(`${HOST}/`) ? [source] : []));
}

/**
 * Mounts the folders of certificates, skips missing ones (the collector reports them; Docker would create empty folders),
 * and lets node exporter read the collector's file. Changes the model in place.
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
