import { reasonsOf } from './check.ts';
import { COUNTING, ELSEWHERE, OF_SOME_HOSTS } from './exceptions.ts';
import type { Reason } from './selected.ts';
import type { Use } from './uses.ts';
import { everything, stackExpositions } from './exposition.ts';
import type { Contract, Contracts } from '../../../scripts/rules/contract.ts';
import { error, warning, type Problem } from '../../../scripts/base/problem.ts';

/** One expression that is not served by what exporters expose. */
export interface Finding extends Reason {
  readonly use: Use;
  /** The setting or version with which it is not; empty where it is not with the defaults. */
  readonly variant: string;
  /** False where it lives by another branch of an `or`, and only this one is nowhere. */
  readonly dead: boolean;
}

/** What a check leaves out, by metric. */
export interface Exceptions {
  /** Of versions and settings that there is no contract of: only one branch of an `or` may be such a metric. */
  readonly elsewhere: ReadonlySet<string>;
  /** Of some hosts only. */
  readonly ofSomeHosts: ReadonlySet<string>;
  /** Gauges that only count up. */
  readonly counting: ReadonlySet<string>;
}

const KNOWN: Exceptions = {
  elsewhere: new Set(Object.keys(ELSEWHERE)),
  ofSomeHosts: new Set(Object.keys(OF_SOME_HOSTS)),
  counting: new Set(Object.keys(COUNTING)),
};
const NONE: Exceptions = { elsewhere: new Set(), ofSomeHosts: new Set(), counting: new Set() };

/**
 * Every expression that is not served by some stack that there can be, and every name in it that no exporter has in any version. An
 * alternative (`or`) of which one branch is there is served; yet each branch must be somewhere, or a misspelt one would never be noticed.
 */
export function findingsOf(
  uses: readonly Use[],
  contracts: Contracts,
  { elsewhere, ofSomeHosts, counting }: Exceptions = KNOWN,
): readonly Finding[] {
  const recorded = new Map<string, Use[]>();
  for (const use of uses) if (use.record !== undefined) recorded.set(use.record, [...(recorded.get(use.record) ?? []), use]);
  const all = { exposition: everything(contracts), recorded, counting, strict: true };
  const stacks = stackExpositions(contracts).map((exposition) => ({ exposition, recorded, counting, strict: false }));
  return uses.flatMap((use) => {
    const known = new Set<string>();
    const isNew = (reason: Reason): boolean => {
      const fresh = !known.has(keyOf(reason)) && !ofSomeHosts.has(reason.metric);
      known.add(keyOf(reason));
      return fresh;
    };
    const dead = stacks.flatMap((check) =>
      reasonsOf(use, check)
        .filter(isNew)
        .map((reason) => ({ ...reason, use, variant: check.exposition.name, dead: true })),
    );
    const nowhere = reasonsOf(use, all).filter((reason) => isNew(reason) && !elsewhere.has(reason.metric));
    return [...dead, ...nowhere.map((reason) => ({ ...reason, use, variant: '', dead: false }))];
  });
}

/** What is not served any more: findings that were none before. */
export function deaths(before: readonly Finding[], after: readonly Finding[]): readonly Finding[] {
  const known = new Set(before.filter(({ dead }) => dead).map(wholeKey));
  return after.filter((finding) => finding.dead && !known.has(wholeKey(finding)));
}

/** A finding for people. */
export function findingProblem({ use, variant, metric, why }: Finding): Problem {
  const of = metric === '' ? '' : `${metric}: `;
  const where = variant === '' ? '' : ` (with ${variant})`;
  return error(
    use.place,
    `${use.name}${where}: ${of}${why}`,
    'Ask for what test/contracts/ has, or for the alternative too, with `or`. Where an image changed: npm run contracts.',
  );
}

/** What changed between two captures of an exporter, in a line; undefined where nothing did. */
export function changeOf(before: Contract | undefined, after: Contract): string | undefined {
  if (before === undefined) return `${after.exporter} ${after.version}: ${Object.keys(after.metrics).length} metrics, for the first time`;
  const [old, now] = [Object.keys(before.metrics), Object.keys(after.metrics)];
  const gone = old.filter((name) => after.metrics[name] === undefined);
  const come = now.filter((name) => before.metrics[name] === undefined);
  const other = now.filter(
    (name) => before.metrics[name] !== undefined && JSON.stringify(before.metrics[name]) !== JSON.stringify(after.metrics[name]),
  );
  if (gone.length + come.length + other.length === 0 && before.version === after.version) return undefined;
  const versions = before.version === after.version ? after.version : `${before.version} → ${after.version}`;
  return `${after.exporter} ${versions}: ${come.length} new, ${gone.length} gone, ${other.length} changed of ${now.length} metrics`;
}

/** Obsolete exceptions: an exporter has the metric, or nothing uses it. */
export function idleExceptions(uses: readonly Use[], contracts: Contracts): readonly Problem[] {
  const found = findingsOf(uses, contracts, NONE).map(({ metric }) => metric);
  return [...Object.keys(ELSEWHERE), ...Object.keys(OF_SOME_HOSTS), ...Object.keys(COUNTING)]
    .filter((name) => !found.includes(name))
    .map((name) => warning('test/dev/contracts/exceptions.ts', `${name} needs no exception`, 'Remove its line.'));
}

function keyOf({ metric, why }: Reason): string {
  return `${metric} ${why}`;
}

function wholeKey(finding: Finding): string {
  return [finding.use.place.replace(/:\d+$/, ''), finding.use.name, finding.variant, keyOf(finding)].join(' ');
}
