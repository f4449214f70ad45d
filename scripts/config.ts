import { join } from 'node:path';
import { parseArguments } from './base/args.ts';
import { main } from './base/command.ts';
import { inForce } from './settings/in-force.ts';
import { ROOT, readTree } from './base/files.ts';
import { loadSettings } from './settings/io.ts';

/** Prints the effective settings and where each comes from; secrets are masked. */
await main(async ({ args, report }) => {
  const { values } = parseArguments(args, { usage: 'npm run config [-- --json]', options: { json: { type: 'boolean' } } });
  const { settings, warnings, entries } = await loadSettings(ROOT);
  report.problems(warnings);
  const rows = inForce(settings, entries, await readTree(join(ROOT, 'secrets'), '.'));
  const width = Math.max(...rows.map(({ key }) => key.length));
  report.result(
    values.json === true
      ? JSON.stringify(rows, null, 2)
      : rows.map(({ key, value, from }) => `${key.padEnd(width)}  ${value}  (${from})`).join('\n'),
  );
});
