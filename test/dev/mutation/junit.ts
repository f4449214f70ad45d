/** What promtool's JUnit report says about one test file. */
export interface SuiteResult {
  readonly passed: boolean;
  /** The first failure, as promtool words it. */
  readonly failure: string;
  readonly failures: readonly string[];
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex: string | undefined, decimal: string | undefined, name: string) => {
    if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
    return decimal === undefined ? (ENTITIES[name] ?? whole) : String.fromCodePoint(Number(decimal));
  });
}

/** Reads `promtool test rules --junit`: the result of each test file, by the path that promtool was given. */
export function junitResults(xml: string): ReadonlyMap<string, SuiteResult> {
  return new Map(
    [...xml.matchAll(/<testsuite name="([^"]*)"([^>]*)>(.*?)<\/testsuite>/gs)].map(([, name = '', counts = '', body = '']) => {
      const count = (kind: string): number => Number(new RegExp(`${kind}="(\\d+)"`).exec(counts)?.[1] ?? 0);
      const failures = [...body.matchAll(/<(?:failure|error)[^>]*>(.*?)<\/(?:failure|error)>/gs)].map(([, text = '']) =>
        unescaped(text).trim(),
      );
      const [failure = ''] = failures;
      return [unescaped(name), { passed: count('failures') + count('errors') === 0 && failure === '', failure, failures }];
    }),
  );
}
