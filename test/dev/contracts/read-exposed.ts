import type { Captured, MetricType, SeriesLabels } from './contract-of.ts';
import { getJson } from '../../../scripts/base/http.ts';

interface Metadata extends MetricType {
  readonly target: Readonly<Record<string, string>>;
}

/**
 * What Prometheus has read of one exporter since a time: the types of its metrics, the labels of its series, the labels of its targets.
 *
 * @param base such as `http://127.0.0.1:9090`
 * @param target selects its targets
 * @param series select its series
 * @param since seconds since 1970
 */
export async function readExposed(base: string, target: string, series: readonly string[], since: number): Promise<Captured> {
  const api = async <T>(path: string, query: readonly (readonly [string, string])[]): Promise<readonly T[]> =>
    (
      await getJson<{ readonly data: readonly T[] }>(
        `${base}/api/v1/${path}?${new URLSearchParams(query.map(([...pair]) => pair)).toString()}`,
      )
    ).data;
  const types = await api<Metadata>('targets/metadata', [['match_target', target]]);
  const selected = await api<SeriesLabels>('series', [...series.map((text) => ['match[]', text] as const), ['start', String(since)]]);
  return { types, series: selected, targetLabels: [...new Set(types.flatMap(({ target: labels }) => Object.keys(labels)))] };
}
