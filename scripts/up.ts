import { parseArguments } from './cli/args.ts';
import { main } from './cli/command.ts';
import { ROOT } from './io/files.ts';
import { loadOrCreateSettings, loadSettings } from './io/settings.ts';
import { applyPrepared } from './steps/apply.ts';
import { lintPrepared } from './steps/lint.ts';
import { prepare } from './steps/prepare.ts';
import { summarise } from './steps/summary.ts';
import { openWorkplace } from './steps/workplace.ts';

const USAGE = 'npm run up [-- --yes] [--dry-run]';

await main(async (context) => {
  const { values } = parseArguments(context.args, {
    usage: USAGE,
    options: { yes: { type: 'boolean', short: 'y' }, 'dry-run': { type: 'boolean' } },
  });
  const dryRun = values['dry-run'] === true;
  const { report } = context;

  const { settings, warnings, created } = await (dryRun ? loadSettings : loadOrCreateSettings)(ROOT);
  if (created) report.note('  .env was made from .env.example, with generated secrets (mode 0600).');
  report.problems(warnings);
  const place = await openWorkplace(context, values.yes);
  const prepared = await prepare(place, settings, { checkHost: true });
  await lintPrepared(place, prepared, false);
  report.note('Pre-flight passed. Nothing has been changed yet.');
  if (dryRun) return;

  await applyPrepared(place, prepared);
  report.result(summarise(prepared));
});
