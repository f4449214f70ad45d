import { parseArguments } from './base/args.ts';
import { main } from './base/command.ts';
import { ROOT } from './base/files.ts';
import { loadSettings } from './settings/io.ts';
import { lintPrepared } from './up/lint.ts';
import { prepare } from './up/prepare.ts';
import { openWorkspace } from './engine/workspace.ts';

/** Everything that `up` checks before it changes anything, and nothing else. */
await main(async (context) => {
  const { values } = parseArguments(context.args, {
    usage: 'npm run validate [-- --yes]',
    options: { yes: { type: 'boolean', short: 'y' } },
  });
  const { settings, warnings } = await loadSettings(ROOT);
  context.report.problems(warnings);
  const place = await openWorkspace(context, values.yes);
  const prepared = await prepare(place, settings, { checkHost: true });
  await lintPrepared(place, prepared, true);
  context.signal.throwIfAborted();
  if (prepared.silentReceivers.length > 0)
    context.report.note(`History only, because no channel is set: ${prepared.silentReceivers.join(', ')} (npm run configure).`);
  context.report.result('The configuration is valid. Nothing has been changed.');
});
