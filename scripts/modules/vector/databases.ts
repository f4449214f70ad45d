import type { Instance } from '../../base/instances.ts';
import type { Kind } from '../../base/kinds.ts';

/** One item of `VECTOR_INSTANCES`: a server of `POSTGRES_INSTANCES`, and a database of it other than the one in its address. */
export interface VectorItem {
  /** As it was written; how the exporter and its canaries name it. */
  readonly target: string;
  readonly instance: string;
  readonly database: string | undefined;
}

/** Reads `shop` or `shop/database`. */
export const vectorItem: Kind<VectorItem> = (target) => {
  const [, instance, database] = /^([a-z0-9][a-z0-9-]*)(?:\/([^/\s]+))?$/.exec(target) ?? [];
  return instance === undefined
    ? { wrong: `"${target}" is neither a name of POSTGRES_INSTANCES nor a name, / and a database`, fix: 'Write it as shop or shop/app' }
    : { value: { target, instance, database } };
};

/** A database that is watched for vectors. */
export interface VectorDatabase {
  readonly target: string;
  readonly instance: Instance;
  readonly database: string;
  /** The address with that database, without a password. */
  readonly url: string;
}

/** The databases of the items. Items whose server is not in `POSTGRES_INSTANCES` are skipped. */
export function vectorDatabases(items: readonly VectorItem[], instances: readonly Instance[]): readonly VectorDatabase[] {
  return items.flatMap(({ target, instance: name, database }) => {
    const instance = instances.find((candidate) => candidate.name === name);
    if (instance === undefined) return [];
    const url = new URL(instance.url);
    if (database !== undefined) url.pathname = `/${encodeURIComponent(database)}`;
    // As in libpq, the default database is named like the user.
    return [{ target, instance, database: decodeURIComponent(url.pathname.slice(1)) || instance.user, url: url.href }];
  });
}
