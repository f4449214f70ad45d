import { isScalar, parseDocument, type Document } from 'yaml';
import { error, type Problem } from './problem.ts';

/** Text files by their path below the checkout (sources) or below `.effective/` (results), with `/`. */
export type Tree = ReadonlyMap<string, string>;

/** Parses YAML, merge keys (`<<`) as Alertmanager and Loki understand them; undefined and its first mistakes if it does not parse. */
export function parseYaml(path: string, text: string): { readonly doc?: Document.Parsed; readonly problems: readonly Problem[] } {
  const doc = parseDocument(text, { merge: true });
  // After one extra bracket the parser reports every following line.
  const problems = doc.errors
    .slice(0, 3)
    .map((failure) =>
      error(
        `${path}:${failure.linePos?.[0].line ?? 1}`,
        `is not valid YAML: ${failure.message.split('\n')[0]?.replace(/ at line.*$/, '') ?? ''}`,
        'Fix the line; the running stack is unchanged.',
      ),
    );
  return problems.length > 0 ? { problems } : { doc, problems };
}

/** Sets a key of a map. The map, or one above it, may be empty (`global:` with all its lines commented out). */
export function setBelow(doc: Document, path: readonly string[], key: string, value: unknown): void {
  path.forEach((_, index) => {
    const above = path.slice(0, index + 1);
    const node = doc.getIn(above, true);
    if (isScalar(node) && node.value === null) doc.deleteIn(above);
  });
  doc.setIn([...path, key], value);
}
