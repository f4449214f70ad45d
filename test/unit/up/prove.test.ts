import type { Finding } from '../../../scripts/modules/check.ts';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../../scripts/base/failure.ts';
import { error } from '../../../scripts/base/problem.ts';
import { proofOf } from '../../../scripts/up/prove-io.ts';
import type { Workspace } from '../../../scripts/engine/workspace.ts';

const refused: Finding = { ...error('redis cache', 'refuses', 'fix'), final: true };

/** A proof of one check that answers with these findings in turn, the last one again and again, and how often it was asked. */
function prove(...answers: readonly (readonly Finding[])[]) {
  const asked = { times: 0 };
  const report = { step: async (_title: string, run: (detail: () => void) => unknown) => run(() => undefined), problems: () => undefined };
  const run = async (): Promise<readonly Finding[]> => answers[Math.min(asked.times++, answers.length - 1)] ?? [];
  const place = { report, signal: new AbortController().signal } as unknown as Workspace;
  return { asked, proof: proofOf([{ title: 'redis', service: 'redis-exporter', run }], place) };
}

const POLL = { timeout: 20_000 };

describe('a proof', () => {
  it('looks again, once every service is healthy, at what was true before', async () => {
    const { proof, asked } = prove([], [refused]);
    await expect.poll(() => asked.times, POLL).toBe(1);
    await expect(proof.finish()).rejects.toThrow(Failure);
  });
  it('is content with what is true then', async () => {
    const { proof, asked } = prove([]);
    await expect.poll(() => asked.times, POLL).toBe(1);
    await proof.finish();
    expect(asked.times).toBe(2);
  });
  it('tries again what is not true yet', async () => {
    const { proof, asked } = prove([error('redis cache', 'is not there yet', 'wait')], []);
    await proof.finish();
    expect(asked.times).toBe(2);
  });
});
