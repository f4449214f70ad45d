import { digestOf } from '../base/digest.ts';
import type { Tree } from '../base/tree.ts';
import type { AnyModule } from '../modules/spec.ts';

/** The digest of each service's files, for the services that must be restarted when they change. */
export function configDigests(
  modules: readonly AnyModule[],
  tree: Tree,
  secrets: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const readers = modules.flatMap(({ readsAtStart = {} }) => Object.entries(readsAtStart));
  return new Map(
    readers.map(([service, { folders = [], secrets: names = [] }]) => {
      const files = [...tree].filter(([path]) => folders.some((folder) => path.startsWith(folder)));
      return [service, digestOf([...files, ...names.map((name) => [name, secrets.get(name) ?? ''] as const)])];
    }),
  );
}
