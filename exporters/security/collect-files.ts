import { gauge } from '../common/text.ts';
import { scanCertificates, MAX_FILES } from './certificates.ts';
import { orState, type Collected, type Collector, type Source } from './collected.ts';
import { findExposure, MAX_EXPOSED } from './exposure.ts';

/** Files that are named as unreadable; more are only counted. */
const MAX_UNREADABLE = 20;

/** When certificates on disk end. */
export function certificateCollector(host: string, paths: readonly string[]): Collector {
  return {
    name: 'certificates',
    collect: async (): Promise<Collected> => {
      const found = await Promise.all(paths.map(async (path) => [path, await orState(async () => scanCertificates(host + path))] as const));
      const scans = found.flatMap(([, result]) => ('value' in result ? [result.value] : []));
      const files = new Map(scans.flatMap((scan) => scan.files).map(({ path, expires }) => [path.slice(host.length), expires]));
      const unreadable = [...new Set(scans.flatMap((scan) => scan.unreadable))].map((path) => path.slice(host.length));
      // Each by its name: one unwatched certificate is as bad as a folder of them.
      const sources: readonly Source[] = [
        ...found.map(([path, result]): Source => ({
          path,
          state: 'state' in result ? result.state : unreadable.includes(path) ? 'unreadable' : 'ok',
        })),
        ...unreadable
          .filter((path) => !paths.includes(path))
          .slice(0, MAX_UNREADABLE)
          .map((path): Source => ({ path, state: 'unreadable' })),
      ];
      return {
        sources,
        families: [
          gauge(
            'security_certificate_expiry_timestamp_seconds',
            'When the first certificate in a file ends.',
            [...files].slice(0, MAX_FILES).map(([path, value]) => ({ labels: { path }, value })),
          ),
          gauge('security_certificate_files', 'Files with certificates below the configured paths.', files.size),
          gauge(
            'security_certificate_files_unreadable',
            'Files below the configured paths that should hold a certificate and cannot be read as one.',
            unreadable.length,
          ),
        ],
      };
    },
  };
}

/** Secrets of the stack that every user of the host may read. */
export function exposureCollector(stack: string): Collector {
  return {
    name: 'exposure',
    collect: async (): Promise<Collected> => {
      const found = await orState(async () => findExposure(stack));
      if ('state' in found) return { sources: [{ path: 'the stack', state: found.state }], families: [] };
      const { readableSecrets, writableTextfiles } = found.value;
      // The two that every stack has are there with 0 too, so that the alert is seen to have something to look at.
      const closed = ['.env', 'secrets'].filter((path) => !readableSecrets.includes(path));
      const listed = [
        ...readableSecrets.slice(0, MAX_EXPOSED).map((path) => ({ labels: { path }, value: 1 })),
        ...closed.map((path) => ({ labels: { path }, value: 0 })),
      ];
      return {
        sources: [{ path: 'the stack', state: 'ok' }],
        families: [
          gauge('security_secrets_exposed', 'Secrets of the stack that every user of the host may read.', readableSecrets.length),
          gauge(
            'security_secret_exposed',
            '1 for a secret of the stack that every user of the host may read, 0 for a protected .env and folder secrets.',
            listed,
          ),
          gauge(
            'security_textfiles_exposed',
            'Files with metrics, and their folder, that every user of the host may write to.',
            writableTextfiles.length,
          ),
        ],
      };
    },
  };
}
