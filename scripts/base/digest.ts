import type { Tree } from './tree.ts';
import { createHash } from 'node:crypto';
import { stringify } from 'yaml';

/** A short digest of texts with their names; it changes when one of them changes. */
export function digestOf(files: Iterable<readonly [string, string]>): string {
  const hash = createHash('sha256');
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${path}\0${text.length}\0${text}`);
  return hash.digest('hex').slice(0, 16);
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
