import { describe, expect, it } from 'vitest';
import { mergeLocks, readLock, writeLock, type ProofLock } from '../../dev/proof/lock.ts';
import { obsolete, openProblems, openProofs, type Subject } from '../../dev/proof/open.ts';
import { proofPlan, unknownAlerts } from '../../dev/proof/plan.ts';
import { drillEntries, fleetEntries, mutantEntries } from '../../dev/proof/results.ts';
import type { Outcome } from '../../drills/shared/batches.ts';
import type { Drill } from '../../drills/shared/drill.ts';

const subject = (alert: string, ...kinds: readonly string[]): Subject => ({
  alert,
  digests: Object.fromEntries(kinds.map((kind) => [kind, `${kind}1`])),
  faults: kinds.includes('drills') ? ['stopped'] : [],
});
const SUBJECTS = [subject('ShopDown', 'mutants', 'fleet', 'drills'), subject('NoOrders', 'mutants', 'fleet')];
const LOCK: ProofLock = {
  ShopDown: {
    mutants: { digest: 'mutants1', killed: 4, total: 4 },
    fleet: { digest: 'fleet1', canFire: true, quiet: true },
    drills: { digest: 'drills1', faults: { stopped: { firing: 24, received: 34, resolved: 14 } } },
  },
  NoOrders: { mutants: { digest: 'mutants1', killed: 3, total: 4 }, fleet: { digest: 'fleet1', canFire: true, quiet: true } },
};
const drill = (alert: string, more: Partial<Drill> = {}): Drill => ({
  alert,
  severity: 'critical',
  fault: 'stopped',
  targets: [],
  inject: async () => undefined,
  remove: async () => undefined,
  ...more,
});
const open = (lock: ProofLock, subjects = SUBJECTS) =>
  openProofs(subjects, lock).map(({ alert, proof, why }) => `${alert} ${proof} ${why}`);
const withShop = (entry: ProofLock[string]): ProofLock => ({ ...LOCK, ShopDown: { ...LOCK['ShopDown'], ...entry } });

describe('the proof lock', () => {
  it('has one sorted line for each alert, and is read as it was written', () => {
    const text = writeLock(LOCK);
    expect(text.split('\n').map((line) => line.slice(0, 11))).toEqual(['{', '"NoOrders":', '"ShopDown":', '}', '']);
    expect(readLock(text)).toEqual(LOCK);
    expect(readLock(undefined)).toEqual({});
  });

  it.each(['{', '[]', '{"ShopDown": true}', 'null'])('is refused where it is %s', (text) => {
    expect(() => readLock(text)).toThrow();
  });

  it('takes new proofs, keeps the others and forgets alerts that are gone', () => {
    const fresh = { NoOrders: { mutants: { digest: 'mutants2', killed: 4, total: 4 } } };
    const merged = mergeLocks(LOCK, fresh, new Set(['NoOrders']));
    expect(merged).toEqual({ NoOrders: { ...LOCK['NoOrders'], ...fresh.NoOrders } });
  });
});

describe('openProofs', () => {
  it('finds nothing where all is proven', () => {
    expect(open(LOCK)).toEqual([]);
    expect(obsolete(SUBJECTS, LOCK)).toEqual([]);
  });

  it('finds what is missing', () => {
    expect(open({})).toEqual([
      'ShopDown mutants missing',
      'ShopDown fleet missing',
      'ShopDown drills missing',
      'NoOrders mutants missing',
      'NoOrders fleet missing',
    ]);
  });

  it('finds what depends on something that has changed', () => {
    const [shop] = SUBJECTS as [Subject, Subject];
    expect(open(LOCK, [{ ...shop, digests: { ...shop.digests, drills: 'drills2' } }])).toEqual(['ShopDown drills changed']);
  });

  it.each([
    ['cannot fire', { fleet: { digest: 'fleet1', canFire: false, quiet: true } }, 'fleet'],
    ['fired in silence', { fleet: { digest: 'fleet1', canFire: true, quiet: false } }, 'fleet'],
    [
      'came too late',
      { drills: { digest: 'drills1', faults: { stopped: { firing: 90, missed: 'firing after more than 60 s' } } } },
      'drills',
    ],
    ['was not broken in one of the ways', { drills: { digest: 'drills1', faults: { killed: { firing: 9 } } } }, 'drills'],
  ])('finds an alert that %s', (_, entry, proof) => {
    expect(open(withShop(entry))).toEqual([`ShopDown ${proof} failed`]);
  });

  it('names the alerts that no rule has any more', () => {
    expect(obsolete([], LOCK)).toEqual(['ShopDown', 'NoOrders']);
  });

  it('says what to do, once for each alert', () => {
    expect(openProblems(openProofs(SUBJECTS, { ...LOCK, ShopDown: {} }))).toEqual([
      {
        severity: 'error',
        place: 'ShopDown',
        message: 'mutants not proven, series and silence not proven, drills not proven',
        fix: 'npm run prove -- ShopDown',
      },
    ]);
  });
});

describe('proofPlan', () => {
  const drills = [drill('ShopDown'), drill('ShopDown', { fault: 'host filled', onlyByName: 'it fills the host' })];
  const plan = (
    request: Parameters<typeof proofPlan>[0],
    lock = LOCK,
    kinds: Parameters<typeof proofPlan>[1] = ['mutants', 'fleet', 'drills'],
  ) => {
    const { mutants, canFire, quiet, drills: chosen, leftOut } = proofPlan(request, kinds, { subjects: SUBJECTS, lock, drills });
    return [[...mutants], [...canFire], [...quiet], chosen.map(({ fault }) => fault), leftOut.map(({ fault }) => fault)];
  };
  const both = ['ShopDown', 'NoOrders'];

  it('proves everything, but what only runs by name', () => {
    expect(plan('all')).toEqual([both, both, both, ['stopped'], ['host filled']]);
  });

  it('proves a named alert again, with silence only where that does not hold any more', () => {
    const one = ['ShopDown'];
    expect(plan(one)).toEqual([one, one, [], ['stopped', 'host filled'], []]);
    expect(plan(one, {})).toEqual([one, one, one, ['stopped', 'host filled'], []]);
  });

  it('proves only what is open', () => {
    expect(plan('stale')).toEqual([[], [], [], [], []]);
    expect(plan('stale', { ShopDown: LOCK['ShopDown'] ?? {} })).toEqual([['NoOrders'], ['NoOrders'], ['NoOrders'], [], []]);
  });

  it('keeps to the kinds that are asked for', () => {
    expect(plan('all', {}, ['drills'])).toEqual([[], [], [], ['stopped'], ['host filled']]);
  });

  it('knows the alerts', () => {
    expect(unknownAlerts(['ShopDwn', 'NoOrders'], SUBJECTS).map(({ message, fix }) => [message, fix])).toEqual([
      ['there is no alert ShopDwn', 'Did you mean ShopDown?'],
    ]);
  });
});

describe('what a run found', () => {
  const outcome = (more: object): Outcome => ({ drill: drill('ShopDown'), ...more }) as Outcome;
  const result = { toAlert: 20, toNotification: 30, toResolved: 14, messages: [30, 94] };

  it('is entered with what it depends on', () => {
    const verdicts = [true, false].map((killed) => ({ path: '', name: 'NoOrders', kind: 'for' as const, mutation: '', killed }));
    expect(mutantEntries(verdicts, new Set(['NoOrders']), SUBJECTS)).toEqual({
      NoOrders: { mutants: { digest: 'mutants1', killed: 1, total: 2 } },
    });
    expect(drillEntries([outcome({ result, missed: undefined })], SUBJECTS, {})).toEqual({
      ShopDown: { drills: { digest: 'drills1', faults: { stopped: { firing: 20, received: 30, resolved: 14, messages: 2 } } } },
    });
    const unsent = { ...result, messages: undefined };
    expect(drillEntries([outcome({ result: unsent, missed: undefined })], SUBJECTS, {})['ShopDown']?.drills?.faults).toEqual({
      stopped: { firing: 20, received: 30, resolved: 14 },
    });
  });

  it('holds what was missed', () => {
    const faults = (more: object) => drillEntries([outcome(more)], SUBJECTS, {})['ShopDown']?.drills?.faults['stopped'];
    expect(faults({ failed: 'not within 180 s\n  details' })).toEqual({ missed: 'not within 180 s' });
    expect(faults({ result: { ...result, toResolved: undefined }, missed: 'no resolved notice in time' })).toEqual({
      firing: 20,
      received: 30,
      messages: 2,
      missed: 'no resolved notice in time',
    });
  });

  it('keeps the earlier result of what is not available here', () => {
    const old = withShop({
      drills: { digest: 'old', faults: { stopped: { firing: 9 } } },
      fleet: { digest: 'old', canFire: true, quiet: true },
    });
    expect(drillEntries([outcome({ skipped: 'no Loki' })], SUBJECTS, old)['ShopDown']?.drills).toEqual({
      digest: 'drills1',
      faults: { stopped: { firing: 9 } },
      earlier: true,
    });
    expect(drillEntries([outcome({ skipped: 'no Loki' })], SUBJECTS, {})).toEqual({});
    const others = { canFire: new Map([['NoOrders', true]]), quiet: new Map() };
    expect(fleetEntries(others, new Set(['ShopDown']), SUBJECTS, old)).toEqual({
      ShopDown: { fleet: { digest: 'fleet1', canFire: true, quiet: true, earlier: true } },
    });
    expect(fleetEntries(others, new Set(['ShopDown']), SUBJECTS, {})).toEqual({});
  });

  it('proves nothing where the look at the series failed', () => {
    expect(fleetEntries({ canFire: new Map(), quiet: new Map([['ShopDown', true]]) }, new Set(['ShopDown']), SUBJECTS, LOCK)).toEqual({});
  });

  it('keeps ten minutes of silence that still hold', () => {
    const seen = { canFire: new Map([['ShopDown', true]]), quiet: new Map() };
    expect(fleetEntries(seen, new Set(['ShopDown']), SUBJECTS, LOCK)).toEqual({
      ShopDown: { fleet: { digest: 'fleet1', canFire: true, quiet: true } },
    });
    const changed = withShop({ fleet: { digest: 'fleet0', canFire: true, quiet: true } });
    expect(fleetEntries(seen, new Set(['ShopDown']), SUBJECTS, changed)).toEqual({});
  });
});
