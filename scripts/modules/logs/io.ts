import { randomUUID } from 'node:crypto';
import { error } from '../../base/problem.ts';
import type { SmokeCheck } from '../check.ts';

const TIMEOUT_MS = 5_000;

/** Pushes one line to Loki under the labels `{job="pharos-smoke"}`. Throws with Loki's error if it refuses. */
async function pushLine(base: string, line: string, atMs: number): Promise<void> {
  const body = { streams: [{ stream: { job: 'pharos-smoke' }, values: [[`${atMs}000000`, line]] }] };
  const response = await fetch(`${base}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`Loki refuses a line: HTTP ${response.status} ${(await response.text()).slice(0, 200)}`);
}

/** True if Loki returns the line. */
async function hasLine(base: string, line: string, atMs: number): Promise<boolean> {
  const query = new URLSearchParams({
    query: `{job="pharos-smoke"} |= \`${line}\``,
    start: `${atMs - 60_000}000000`,
    end: `${atMs + 60_000}000000`,
    limit: '1',
  });
  const response = await fetch(`${base}/loki/api/v1/query_range?${query.toString()}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) return false;
  const { data } = (await response.json()) as { data: { result: unknown[] } };
  return data.result.length > 0;
}

/** Loki gets one line and must return it. */
export function lokiCheck(base: string): SmokeCheck {
  const line = `pharos smoke ${randomUUID()}`;
  let pushedAt: number | undefined;
  const run = async () => {
    if (pushedAt === undefined) {
      const now = Date.now();
      await pushLine(base, line, now);
      pushedAt = now;
    }
    return (await hasLine(base, line, pushedAt)) ? [] : [error('Loki', 'accepted a line but does not return it', 'npm run logs -- loki')];
  };
  return { title: 'Loki', service: 'loki', run };
}
