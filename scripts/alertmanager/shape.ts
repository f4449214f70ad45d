import { closest, distance } from 'fastest-levenshtein';
import { isAlias, isMap, isScalar, isSeq, visit, type Document, type Node, type YAMLMap } from 'yaml';
import { error, type Problem } from '../base/problem.ts';

/** A parsed file, with what places in it need. */
export interface SourceDocument {
  readonly path: string;
  readonly text: string;
  readonly doc: Document.Parsed;
}

/** `path:line` of a node; the path alone where the file does not hold the node. */
export function placeOf({ path, text }: SourceDocument, node: unknown): string {
  const start = (node as Node | null | undefined)?.range?.[0];
  return start === undefined ? path : `${path}:${text.slice(0, start).split('\n').length}`;
}

const NAMED = 'Write it as\n- name: critical-team\n  slack_configs: […]';

/**
 * What of `alertmanager.yml` is not of the form that rendering reads: without receivers, routes and lists there is nothing to select from.
 * What Alertmanager itself asks of their content is left to amtool.
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
        `It needs at least route: and receivers:. git checkout ${path} brings back the one that came with the stack.`,
      ),
    ];
  const problems: Problem[] = [];
  const global = root.get('global', true);
  if (global !== undefined && !isMap(global) && !(isScalar(global) && global.value === null))
    problems.push(error(placeOf(source, global), 'global: is not a map', 'Write settings as `  name: value` below it, or leave it out.'));
  problems.push(...routesProblems(source, root), ...receiversProblems(source, root));
  return problems.length > 0 ? problems : unknownReceivers(source, root);
}

/** The known word that another one most likely means, as a question; undefined where none is near. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = closest(word, [...known]);
  return distance(word, near) <= Math.max(2, Math.floor(word.length / 3)) ? `Did you mean ${near}?` : undefined;
}

/** Routes to receivers that are not there. amtool sees them too, but not on which line. */
function unknownReceivers(source: SourceDocument, root: YAMLMap): readonly Problem[] {
  const { receivers = [] } = root.toJS(source.doc, { maxAliasCount: -1 }) as { receivers?: readonly { readonly name: string }[] };
  const names = receivers.map(({ name }) => name);
  const problems: Problem[] = [];
  visit(root.get('route', true) as Node, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== 'receiver' || !isScalar(value) || typeof value.value !== 'string') return;
      if (names.includes(value.value)) return;
      const fix = didYouMean(value.value, names) ?? `There are ${names.join(', ')}.`;
      problems.push(error(placeOf(source, value), `a route leads to the receiver "${value.value}", which is not there`, fix));
    },
  });
  return problems;
}

function routesProblems(source: SourceDocument, root: YAMLMap): readonly Problem[] {
  const route = resolved(source, root.get('route', true));
  if (route === undefined || (isScalar(route) && route.value === null))
    return [
      error(
        keyPlace(source, root, 'route'),
        'has no route',
        'Add route: with the receiver that every alert reaches which no other route takes.',
      ),
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
    return [error(placeOf(source, children), 'routes: is not a list', 'Begin each route with a dash: - receiver: critical-team')];
  return list.items.flatMap((child) => routeProblems(source, resolved(source, child) ?? child));
}

function receiversProblems(source: SourceDocument, root: YAMLMap): readonly Problem[] {
  const receivers = resolved(source, root.get('receivers', true));
  if (receivers === undefined || (isScalar(receivers) && receivers.value === null))
    return [
      error(keyPlace(source, root, 'receivers'), 'has no receivers', 'Add receivers: with a receiver for every name that the routes use.'),
    ];
  if (!isSeq(receivers))
    return [error(placeOf(source, receivers), 'receivers: is not a list', 'Begin each receiver with a dash: - name: critical-team')];
  return receivers.items.flatMap((item) => receiverProblems(source, resolved(source, item) ?? item));
}

function receiverProblems(source: SourceDocument, receiver: unknown): readonly Problem[] {
  if (!isMap(receiver)) return [error(placeOf(source, receiver), 'a receiver is not a map', NAMED)];
  // With what its merge keys bring.
  const { name, ...rest } = receiver.toJS(source.doc, { maxAliasCount: -1 }) as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || name === '') return [error(placeOf(source, receiver), 'a receiver has no name', NAMED)];
  return Object.entries(rest).flatMap(([key, list]) => {
    if (!key.endsWith('_configs') || list === null) return [];
    if (Array.isArray(list) && list.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))) return [];
    return [
      error(
        keyPlace(source, receiver, key),
        `${key} of ${name} is not a list of integrations`,
        `Begin each with a dash, and leave out ${key} where there is none.`,
      ),
    ];
  });
}

const resolved = ({ doc }: SourceDocument, node: unknown): unknown => (isAlias(node) ? node.resolve(doc) : node);

/** The place of a key that stands there without a value; the file where it does not. */
function keyPlace(source: SourceDocument, map: YAMLMap, name: string): string {
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === name);
  return pair === undefined ? source.path : placeOf(source, pair.key);
}

/** References to anchors that are not there, and merge keys that merge no map: the parser lets them pass until a value is asked for. */
function brokenAliases(source: SourceDocument): readonly Problem[] {
  const problems: Problem[] = [];
  visit(source.doc, {
    Alias(_, alias) {
      if (alias.resolve(source.doc) === undefined)
        problems.push(
          error(
            placeOf(source, alias),
            `*${alias.source} stands for nothing`,
            `Mend the name, or mark what it means with &${alias.source}.`,
          ),
        );
    },
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.source !== '<<') return;
      const merged = resolved(source, value);
      const parts = isSeq(merged) ? merged.items.map((item) => resolved(source, item)) : [merged];
      // An alias to nothing is told already.
      if (!parts.every((part) => isMap(part) || part === undefined))
        problems.push(error(placeOf(source, key), '<< merges what is not a map', 'Write << : *name, of an anchor that stands at a map.'));
    },
  });
  return problems;
}
