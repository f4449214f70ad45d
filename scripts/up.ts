import { parseArguments } from './base/args.ts';
import { main } from './base/command.ts';
import { ROOT } from './base/files.ts';
import { loadOrCreateSettings, loadSettings } from './settings/io.ts';
import { applyPrepared } from './up/apply.ts';
import { lintPrepared } from './up/lint.ts';
import { prepare } from './up/prepare.ts';
import { summarise } from './up/summary.ts';
import { openWorkspace } from './engine/workspace.ts';

const USAGE = 'npm run up [-- --yes] [--dry-run]';

await main(async (context) => {
  const { values } = parseArguments(context.args, {
    usage: USAGE,
    options: { yes: { type: 'boolean', short: 'y' }, 'dry-run': { type: 'boolean' } },
  });
  const dryRun = values['dry-run'] === true;
  const { report } = context;

  const { settings, warnings, created } = await (dryRun ? loadSettings : loadOrCreateSettings)(ROOT);
  if (created) report.note('  .env was created from .env.example, with generated secrets (mode 0600).');
  report.problems(warnings);
  const place = await openWorkspace(context, values.yes);
  const prepared = await prepare(place, settings, { checkHost: true });
  await lintPrepared(place, prepared, false);
  report.note('Pre-flight passed. Nothing has been changed yet.');
  if (dryRun) return;

  const changed = await applyPrepared(place, prepared);
  report.result(summarise(prepared, changed));
});
