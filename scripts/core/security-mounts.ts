import type { ComposeModel, ComposeService } from './compose-model.ts';

type Volume = NonNullable<ComposeService['volumes']>[number];

/** The collector, the service that shows its file, and the volume between them. */
const COLLECTOR = 'security-collector';
const READER = 'node-exporter';
const VOLUME = 'security-data';

/** Where the collector sees the host's folders. */
const HOST = '/host';

/** Folders to mount for the paths of `SECURITY_CERTIFICATES`: of a single file its folder, because a renewed file is another one. */
export function certificateFolders(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.map((path) => (/\.\w+$/.test(path) ? path.slice(0, path.lastIndexOf('/')) : path)))];
}

/** Folders of the host that the collector wants to see, from the model and the settings. */
export function hostFolders(model: ComposeModel, certificates: readonly string[]): readonly string[] {
  return [...ofHost(model.services[COLLECTOR]?.volumes), ...certificateFolders(certificates)];
}

function ofHost(volumes: readonly Volume[] = []): readonly string[] {
  return volumes.flatMap(({ source, target }) => (source !== undefined && target.startsWith(`${HOST}/`) ? [source] : []));
}

/**
 * Mounts the folders of certificates, leaves out what the host does not have (the collector tells of it; Docker would make an empty folder),
 * and lets node exporter show what the collector writes. Changes the model in place.
 */
export function connectSecurity(model: ComposeModel, certificates: readonly string[], absent: ReadonlySet<string>): void {
  const collector = model.services[COLLECTOR];
  if (collector === undefined) return;
  collector.environment = { ...collector.environment, CERTIFICATES: certificates.join(',') };
  const folders = certificateFolders(certificates).map((source) => ({
    type: 'bind',
    source,
    target: HOST + source,
    read_only: true,
    bind: { create_host_path: false },
  }));
  const isThere = ({ source = '', target }: Volume): boolean => !(target.startsWith(`${HOST}/`) && absent.has(source));
  collector.volumes = [...(collector.volumes ?? []), ...folders].filter(isThere);
  const reader = model.services[READER];
  if (reader === undefined) return;
  reader['command'] = [...((reader['command'] as string[] | undefined) ?? []), '--collector.textfile.directory=/security/metrics'];
  reader.volumes = [...(reader.volumes ?? []), { type: 'volume', source: VOLUME, target: '/security', read_only: true }];
}
