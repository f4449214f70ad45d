import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { Tree } from '../render/scrape.ts';

/** Files that a service reads only at its start: folders of `.effective/`, and files under `secrets/`. The other services reload. */
const READ_AT_START: Readonly<Record<string, { readonly folders: readonly string[]; readonly secrets: readonly string[] }>> = {
  history: { folders: ['history/'], secrets: [] },
  'container-exporter': { folders: ['container-exporter/'], secrets: [] },
  'security-collector': { folders: ['security-collector/'], secrets: [] },
  'docker-socket-proxy': { folders: ['docker-socket-proxy/'], secrets: [] },
  grafana: { folders: ['grafana/provisioning/'], secrets: [] },
  loki: { folders: ['loki/'], secrets: [] },
  alloy: { folders: ['alloy/'], secrets: [] },
  promtail: { folders: ['promtail/'], secrets: [] },
  'blackbox-exporter': { folders: ['blackbox/'], secrets: [] },
  'vector-exporter': { folders: ['vector/'], secrets: ['vector_exporter.json'] },
  'postgres-exporter': { folders: [], secrets: ['postgres_exporter.yml'] },
  'redis-exporter': { folders: [], secrets: ['redis_exporter.json'] },
};

/** A short digest of texts with their names; it changes when one of them changes. */
export function digestOf(files: Iterable<readonly [string, string]>): string {
  const hash = createHash('sha256');
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${path}\0${text.length}\0${text}`);
  return hash.digest('hex').slice(0, 16);
}

/** The digest of each service's files, for the services that must be started again when they change. */
export function configDigests(tree: Tree, secrets: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(READ_AT_START).map(([service, { folders, secrets: names }]) => {
      const files = [...tree].filter(([path]) => folders.some((folder) => path.startsWith(folder)));
      return [service, digestOf([...files, ...names.map((name) => [name, secrets.get(name) ?? ''] as const)])];
    }),
  );
}

/** The series whose label `digest` names the configuration that Prometheus runs. */
export const DIGEST_RECORD = 'pharos:config:digest';

/** The effective rule file that carries the digest of all of Prometheus' files: what its rules API answers proves which files it runs. */
const DIGEST_FILE = 'prometheus/rules/digest.yml';

/** Adds the digest rule to the tree. */
export function withDigestRule(tree: Tree): Map<string, string> {
  const files = [...tree].filter(([path]) => path.startsWith('prometheus/') && path !== DIGEST_FILE);
  const rule = { record: DIGEST_RECORD, expr: 'vector(1)', labels: { digest: digestOf(files) } };
  return new Map(tree).set(DIGEST_FILE, stringify({ groups: [{ name: 'digest', rules: [rule] }] }));
}

/** The digest that a tree's digest rule carries. */
export function treeDigest(tree: Tree): string {
  return /digest: "?([0-9a-f]{16})"?/.exec(tree.get(DIGEST_FILE) ?? '')?.[1] ?? '';
}
