// Breaks real software and waits for the message at the receiver: npm run drill [-- alert…]. A stack and victims of its own; nothing else is touched.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/io/files.ts';
import { openArena } from './arena.ts';
import { databaseDrills } from './databases.ts';
import { runDrill, type DrillResult } from './drill.ts';
import { serviceDrills } from './services.ts';

const all = [...databaseDrills, ...serviceDrills];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !all.some(({ alert }) => alert === name));
if (unknown.length > 0) {
  process.stderr.write(
    `  ✗ there is no drill for ${unknown.join(', ')}\n    → ${[...new Set(all.map(({ alert }) => alert))].join(', ')}\n`,
  );
  process.exit(2);
}
const chosen = asked.length === 0 ? all : all.filter(({ alert }) => asked.includes(alert));
process.stderr.write(`  … ${chosen.length} drills: starting a stack and its victims\n`);
const { arena, close } = await openArena('pharos-drill', chosen);
let failed = 0;
const results: DrillResult[] = [];
try {
  await Promise.all(
    chosen.map(async (drill) => {
      try {
        const result = await runDrill(drill, arena);
        results.push(result);
        const late = result.toAlert + result.toReceiver > drill.within || result.toResolved === undefined;
        if (late) failed += 1;
        process.stderr.write(`  ${late ? '✗' : '✓'} ${line(result)}\n`);
      } catch (failure) {
        failed += 1;
        process.stderr.write(`  ✗ ${drill.alert}: ${drill.fault}: ${failure instanceof Error ? failure.message : String(failure)}\n`);
      }
    }),
  );
} finally {
  await close();
}
const file = join(ROOT, 'test/reports/drills.json');
mkdirSync(join(file, '..'), { recursive: true });
results.sort((a, b) => (`${a.alert} ${a.fault}` < `${b.alert} ${b.fault}` ? -1 : 1));
if (asked.length === 0) writeFileSync(file, `${JSON.stringify(byAlert(results), null, 2)}\n`);
process.stdout.write(`${chosen.length - failed} of ${chosen.length} drills arrived and resolved in time\n`);
process.exit(failed === 0 ? 0 : 1);

function line({ alert, fault, toAlert, toReceiver, toResolved, within }: DrillResult): string {
  const back = toResolved === undefined ? 'no resolved notice in time' : `resolved after ${toResolved.toFixed(0)} s`;
  return `${alert}: ${fault}: firing after ${toAlert.toFixed(0)} s, at the receiver ${toReceiver.toFixed(0)} s later (${within} s promised), ${back}`;
}

function byAlert(list: readonly DrillResult[]): Readonly<Record<string, readonly DrillResult[]>> {
  const names = [...new Set(list.map(({ alert }) => alert))];
  return Object.fromEntries(names.map((name) => [name, list.filter(({ alert }) => alert === name)]));
}
