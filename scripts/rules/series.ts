import type { Change, Labels, SeriesChange, Values } from './table.ts';

/** Series with a change of a table. */
export function changed(series: ReadonlyMap<string, Values>, change: Change): ReadonlyMap<string, Values> {
  const { labels, values } = partsOf(change);
  const all = new Map<string, Values | null>([...series, ...Object.entries(values)]);
  return new Map([...all].flatMap(([key, value]) => (value === null ? [] : [[seriesWith(key, labels), value] as const])));
}

/** The labels and the values of a change. */
export function partsOf(change: Change): { readonly labels: Labels; readonly values: SeriesChange } {
  if (typeof change === 'string') return { labels: labelsIn(change), values: {} };
  const isBoth = (both: Change): both is readonly [string, SeriesChange] => Array.isArray(both);
  return isBoth(change) ? { labels: labelsIn(change[0]), values: change[1] } : { labels: {}, values: change };
}

/** The labels in the name of a series. */
export const labelsIn = (text: string): Labels =>
  Object.fromEntries([...text.matchAll(/(\w+)\s*=\s*"([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));

/** A series with further labels, which go before its own. */
export function seriesWith(key: string, labels: Labels, own: Labels = labelsIn(key)): string {
  const all = Object.entries({ ...own, ...labels }).map(([name, value]) => `${name}="${value}"`);
  return `${key.replace(/\{.*$/, '')}{${all.join(', ')}}`;
}
