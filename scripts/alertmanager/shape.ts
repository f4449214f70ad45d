import { closest, distance } from 'fastest-levenshtein';
import { isAlias, isMap, isScalar, isSeq, visit, type Document, type Node, type YAMLMap } from 'yaml';
import { error, type Problem } from '../base/problem.ts';

/** A parsed file, with what is needed to locate a node. */
export interface SourceDocument {
  readonly path: string;
  readonly text: string;
  readonly doc: Document.Parsed;
}

/** `path:line` of a node; the path alone if the file does not hold the node. */
export function placeOf({ path, text }: SourceDocument, node: unknown): string {
  const start = (node as Node | null | undefined)?.range?.[0];
  return start === undefined ? path : `${path}:${text.slice(0, start).split('\n').length}`;
}

const NAMED = 'Write it as\n- name: critical-team\n  slack_configs: […]';

/**
 * Where `alertmanager.yml` does not have the structure that rendering needs: receivers, routes, lists.
 * amtool checks their content.
 */
export function shapeProblems(source: SourceDocument): readonly Problem[] {
  const { path, doc } = source;
  const broken = brokenAliases(source);
  if (broken.length > 0) return broken;
  const root: unknown = doc.contents;
  if (!isMap(root))
    return [
      error(
        isScalar(root) && root.value !== null ? placeOf(source, root) : path,
        isScalar(root) && root.value !== null ? 'is a single value instead of a configuration' : isSeq(root) ? 'is a list' : 'is empty',
        `It needs at least route: and receivers:. git checkout ${path} restores the original.`,
      ),
    ];
  const problems: Problem[] = [];
  const global = root.get('global', true);
  if (global !== undefined && !isMap(global) && !(isScalar(global) && global.value === null))
    problems.push(error(placeOf(source, global), 'global: is not a map', 'Write settings as `  name: value` below it, or remove it.'));
  problems.push(...routesProblems(source, root), ...receiversProblems(source, root));
  return problems.length > 0 ? problems : unknownReceivers(source, root);
}

/** The closest known word, as a question; undefined if none is close. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = closest(word, [...known]);
  return distance(word, near) <= Math.max(2, Math.floor(word.length / 3)) ? `Did you mean ${near}?` : undefined;
}

/** Routes to missing receivers. amtool finds them too, but without the line. */
function unknownReceivers(source: SourceDocument, root: YAMLMap): readonly Problem[] {
  const { receivers = [] } = root.toJS(source.doc, { maxAliasCount: -1 }) as { receivers?: readonly { readonly name: string }[] };
  const names = receivers.map(({ name }) => name);
  const problems: Problem[] = [];
  visit(root.get('route', true) as Node, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== 'receiver' || !isScalar(value) || typeof value.value !== 'string') return;
      if (names.includes(value.value)) return;
      const fix = didYouMean(value.value, names) ?? `There are ${names.join(', ')}.`;
      problems.push(error(placeOf(source, value), `a route leads to the receiver "${value.value}", which does not exist`, fix));
    },
  });
  return problems;
}

function routesProblems(source: SourceDocument, root: YAMLMap): readonly Problem[] {
  const route = resolved(source, root.get('route', true));
  if (route === undefined || (isScalar(route) && route.value === null))
    return [
      error(keyPlace(source, root, 'route'), 'has no route', 'Add route: with the default receiver, for alerts that match no other route.'),
    ];
  return routeProblems(source, route);
}

function routeProblems(source: SourceDocument, route: unknown): readonly Problem[] {
  if (!isMap(route))
    return [
      error(placeOf(source, route), 'a route is not a map', 'Write it as\n- receiver: critical-team\n  matchers: [severity="critical"]'),
    ];
  const children = route.get('routes', true);
  const list = resolved(source, children);
  if (list === undefined || (isScalar(list) && list.value === null)) return [];
  if (!isSeq(list))
    return [error(placeOf(source, children), 'routes: is not a list', 'Start each route with a dash: - receiver: critical-team')];
  return list.items.flatMap((child) => routeProblems(source, resolved(source, child) ?? child));
}

function receiversProblems(source: SourceDocument, root: YAMLMap): readonly Problem[] {
  const receivers = resolved(source, root.get('receivers', true));
  if (receivers === undefined || (isScalar(receivers) && receivers.value === null))
    return [
      error(keyPlace(source, root, 'receivers'), 'has no receivers', 'Add receivers: with a receiver for every name that the routes use.'),
    ];
  if (!isSeq(receivers))
    return [error(placeOf(source, receivers), 'receivers: is not a list', 'Start each receiver with a dash: - name: critical-team')];
  return receivers.items.flatMap((item) => receiverProblems(source, resolved(source, item) ?? item));
}

function receiverProblems(source: SourceDocument, receiver: unknown): readonly Problem[] {
  if (!isMap(receiver)) return [error(placeOf(source, receiver), 'a receiver is not a map', NAMED)];
  // Merge keys included.
  const { name, ...rest } = receiver.toJS(source.doc, { maxAliasCount: -1 }) as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || name === '') return [error(placeOf(source, receiver), 'a receiver has no name', NAMED)];
  return Object.entries(rest).flatMap(([key, list]) => {
    if (!key.endsWith('_configs') || list === null) return [];
    if (Array.isArray(list) && list.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))) return [];
    return [
      error(
        keyPlace(source, receiver, key),
        `${key} of ${name} is not a list of integrations`,
        `Start each with a dash, and remove ${key} if there is none.`,
      ),
    ];
  });
}

const resolved = ({ doc }: SourceDocument, node: unknown): unknown => (isAlias(node) ? node.resolve(doc) : node);

/** The place of a key without a value; the file if the key is missing. */
function keyPlace(source: SourceDocument, map: YAMLMap, name: string): string {
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === name);
  return pair === undefined ? source.path : placeOf(source, pair.key);
}

/** References to missing anchors, and merge keys that merge no map: the parser accepts them until a value is read. */
function brokenAliases(source: SourceDocument): readonly Problem[] {
  const problems: Problem[] = [];
  visit(source.doc, {
    Alias(_, alias) {
      if (alias.resolve(source.doc) === undefined)
        problems.push(
          error(placeOf(source, alias), `*${alias.source} stands for nothing`, `Correct the name, or add the anchor &${alias.source}.`),
        );
    },
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.source !== '<<') return;
      const merged = resolved(source, value);
      const parts = isSeq(merged) ? merged.items.map((item) => resolved(source, item)) : [merged];
      // Aliases to a missing anchor are reported above.
      if (!parts.every((part) => isMap(part) || part === undefined))
        problems.push(error(placeOf(source, key), '<< merges something that is not a map', 'Write << : *name, with an anchor on a map.'));
    },
  });
  return problems;
}
