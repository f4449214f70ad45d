import { describe, expect, it } from 'vitest';
import { leftToProve, testDrills } from '../../dev/proof/in-tests.ts';
import type { OpenProof } from '../../dev/proof/open.ts';
import type { Drill } from '../../drills/shared/drill.ts';

const drill = (alert: string, more: Partial<Drill> = {}): Drill => ({
  alert,
  severity: 'critical',
  fault: 'stopped',
  targets: [],
  inject: async () => undefined,
  remove: async () => undefined,
  ...more,
});
const drills = [
  drill('Always', { everyTest: true }),
  drill('Quick'),
  drill('Slow', { back: 720 }),
  drill('Exporter', { batch: 2 }),
  drill('Host', { onlyByName: 'it fills the host' }),
];
const all = (why: OpenProof['why'], proof: OpenProof['proof'] = 'drills'): readonly OpenProof[] =>
  drills.map(({ alert }) => ({ alert, proof, why }));
const names = (list: readonly { readonly alert: string }[]) => list.map(({ alert }) => alert);

describe('npm test', () => {
  it('runs the drills of every run, and changed ones that are quick and break nothing that others need', () => {
    expect(names(testDrills(drills, []))).toEqual(['Always']);
    expect(names(testDrills(drills, all('changed')))).toEqual(['Always', 'Quick']);
    expect(names(testDrills(drills, all('missing')))).toEqual(['Always']);
  });

  it('leaves many changed drills to npm run prove', () => {
    const many = Array.from({ length: 9 }, (_, index) => drill(`Quick${index}`));
    const open = many.map(({ alert }) => ({ alert, proof: 'drills' as const, why: 'changed' as const }));
    expect(testDrills(many.slice(1), open)).toHaveLength(8);
    expect(testDrills(many, open)).toEqual([]);
  });

  it('is not enough for what is missing, has failed, or takes long', () => {
    expect(names(leftToProve(all('changed'), drills))).toEqual(['Slow', 'Exporter', 'Host']);
    expect(leftToProve(all('missing'), drills)).toHaveLength(5);
    expect(leftToProve(all('failed'), drills)).toHaveLength(5);
    expect(leftToProve(all('changed', 'fleet'), drills)).toHaveLength(5);
    expect(leftToProve(all('changed', 'mutants'), drills)).toEqual([]);
    expect(leftToProve(all('missing', 'mutants'), drills)).toHaveLength(5);
  });

  it('proves an alert only where it runs all of its drills', () => {
    const both = [drill('Two'), drill('Two', { fault: 'killed', back: 720 })];
    expect(names(leftToProve([{ alert: 'Two', proof: 'drills', why: 'changed' }], both))).toEqual(['Two']);
  });
});
