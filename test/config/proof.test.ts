import { describe, expect, it } from 'vitest';
import { leftToProve } from '../dev/proof/in-tests.ts';
import { proofSubjects } from '../dev/proof/digest.ts';
import { obsolete, openProblems, openProofs } from '../dev/proof/open.ts';
import { readProofLock, readProofSources } from '../dev/proof/sources.ts';
import { KILLED_AT_LEAST } from '../dev/mutation/score.ts';
import { lockScore } from '../dev/report/rows.ts';
import { drills } from '../drills/shared/registry.ts';

const lock = await readProofLock();
const subjects = proofSubjects(await readProofSources());

describe('the proof lock', () => {
  it('holds what is proven of every alert', () => {
    const open = openProofs(subjects, lock);
    // Without an engine nothing changed is tried in this run.
    const left = process.env['PHAROS_NO_ENGINE'] === undefined ? leftToProve(open, drills) : open;
    const lines = openProblems(left).map(({ place, message }) => `${place}: ${message}`);
    expect(lines, 'Run npm run prove -- --stale, or npm run prove -- <alert>, and commit test/proof.lock.json').toEqual([]);
  });

  it('holds nothing of rules that are gone', () => {
    expect(obsolete(subjects, lock), 'Run npm run prove -- --stale, and commit test/proof.lock.json').toEqual([]);
  });

  it(`shows that rule tests notice at least ${KILLED_AT_LEAST} % of all mutants`, () => {
    const { total, percent } = lockScore(lock);
    expect(total).toBeGreaterThan(500);
    expect(percent).toBeGreaterThanOrEqual(KILLED_AT_LEAST);
  });
});
