// Breaks real software and waits for the message at the receiver: npm run drill [-- alert…]. A stack and victims of its own; nothing else is touched.
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoProject } from '../../scripts/demo/plan.ts';
import { EXIT } from '../../scripts/base/failure.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { leftOf } from '../support/cleanup.ts';
import { cleanly } from '../support/sh.ts';
import { drills } from './all.ts';
import { openArena } from './arena.ts';
import type { DrillResult } from './drill.ts';
import { untilInterrupted } from './interrupt.ts';
import { takeLock } from './lock.ts';
import { runTurns, type Outcome } from './turns.ts';

const PROJECT = 'pharos-drill';
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !drills.some(({ alert }) => alert === name));
if (unknown.length > 0) {
  const known = [...new Set(drills.map(({ alert }) => alert))].join(', ');
  process.stderr.write(`  ✗ there is no drill for ${unknown.join(', ')}\n    → ${known}\n`);
  process.exit(2);
}
const chosen = drills.filter(({ alert, onlyByName }) => (asked.length === 0 ? onlyByName === undefined : asked.includes(alert)));
const onlyByName = drills.filter((drill) => !chosen.includes(drill) && drill.onlyByName !== undefined);
if (asked.length === 0)
  for (const { alert, onlyByName: why } of onlyByName)
    process.stderr.write(`  – ${alert} is left out: ${why ?? ''}. npm run drill ${alert}\n`);
const lock = takeLock(join(tmpdir(), `${PROJECT}.lock`));
if ('problem' in lock) {
  process.stderr.write(`  ✗ ${lock.problem}\n    → ${lock.fix}\n`);
  process.exit(1);
}
process.on('exit', lock.release);
const signal = untilInterrupted();
const outcomes = await drill();
const results = outcomes.flatMap((outcome) => ('result' in outcome ? [{ ...outcome.result, inTime: outcome.broken === undefined }] : []));
const inTime = outcomes.filter((outcome) => 'result' in outcome && outcome.broken === undefined).length;
const skipped = outcomes.filter((outcome) => 'skipped' in outcome).length;
const file = join(ROOT, 'test/reports/drills.json');
// A single drill takes the place of its last result; of a complete run nothing older stays but what it leaves out.
const earlier = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, object>>) : {};
const stays = asked.length > 0 ? Object.keys(earlier) : onlyByName.map(({ alert }) => alert);
mkdirSync(join(file, '..'), { recursive: true });
const kept = Object.entries(earlier).filter(([alert]) => stays.includes(alert));
const report = Object.entries({ ...Object.fromEntries(kept), ...byAlert(results) }).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(file, `${JSON.stringify(Object.fromEntries(report), null, 2)}\n`);
process.stdout.write(
  `${inTime} of ${chosen.length - skipped} drills arrived and resolved in time${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
);
process.exit(inTime + skipped === chosen.length ? 0 : 1);

/** Everything from the first container to the last. Ends the process where that is interrupted or does not come up. */
async function drill(): Promise<readonly Outcome[]> {
  try {
    process.stderr.write(`  … ${chosen.length} drills: starting a stack and its victims\n`);
    const { arena, close } = await openArena(PROJECT, chosen, signal);
    try {
      process.stderr.write('  … breaking them\n');
      const told = (outcome: Outcome): boolean => signal.aborted || process.stderr.write(`  ${line(outcome)}\n`);
      return await Promise.race([runTurns(chosen, arena, told), once(signal, 'abort').then(() => [])]);
    } finally {
      await close();
    }
  } catch (failure) {
    if (!signal.aborted) process.stderr.write(`  ✗ ${failure instanceof Error ? failure.message : String(failure)}\n`);
    if (!signal.aborted) process.exit(1);
    return [];
  } finally {
    if (signal.aborted) await leave();
  }
}

/** Says what an interrupted run has left, and ends the process. */
async function leave(): Promise<never> {
  const left = await cleanly(async () => leftOf(PROJECT, demoProject(PROJECT)));
  process.stderr.write(
    left.length === 0
      ? '  – everything that the drill had started is removed\n'
      : `  ✗ still there: ${left.join(', ')}\n    → the next npm run drill removes it\n`,
  );
  process.exit(EXIT.interrupted);
}

function line(outcome: Outcome): string {
  const { alert, fault } = outcome.drill;
  if ('skipped' in outcome) return `– ${alert}: ${outcome.skipped}`;
  if ('failed' in outcome) return `✗ ${alert}: ${fault}: ${outcome.failed}`;
  const { toAlert, toNotification, toResolved } = outcome.result;
  const back = toResolved === undefined ? 'no resolved notice in time' : `resolved after ${toResolved.toFixed(0)} s`;
  const told = `firing after ${toAlert.toFixed(0)} s, at the receiver after ${toNotification.toFixed(0)} s, ${back}`;
  return `${outcome.broken === undefined ? '✓' : '✗'} ${alert}: ${fault}: ${told}${outcome.broken === undefined ? '' : ` (${outcome.broken})`}`;
}

/** An entry for each alert; where there are several faults, the slowest stands for the alert. */
function byAlert(list: readonly (DrillResult & { readonly inTime: boolean })[]): Readonly<Record<string, object>> {
  const sorted = [...list].sort((a, b) => (`${a.alert} ${a.fault}` < `${b.alert} ${b.fault}` ? -1 : 1));
  const names = [...new Set(sorted.map(({ alert }) => alert))];
  return Object.fromEntries(
    names.map((name) => {
      const own = sorted.filter(({ alert }) => alert === name);
      const most = (key: 'toAlert' | 'toNotification'): number => Math.max(...own.map((result) => result[key]));
      const faults = own.map(({ fault, toAlert, toNotification, toResolved }) => ({ fault, toAlert, toNotification, toResolved }));
      const inTime = own.every((result) => result.inTime);
      return [name, { toAlert: most('toAlert'), toNotification: most('toNotification'), inTime, faults }];
    }),
  );
}
