import { parseArguments } from './base/args.ts';
import { main } from './base/command.ts';
import { renderStatus } from './doctor/show-status.ts';
import { stackFailure } from './base/failure.ts';
import { ROOT } from './base/files.ts';
import { loadSettings } from './settings/io.ts';
import { lookAtStack } from './doctor/status-io.ts';
import { openWorkspace } from './engine/workspace.ts';

/** What runs, what is scraped, what fires or is about to, and what is silenced. Exit code 1 if there is a problem. */
await main(async (context) => {
  const { values } = parseArguments(context.args, { usage: 'npm run status [-- --json]', options: { json: { type: 'boolean' } } });
  const { settings } = await loadSettings(ROOT);
  const place = await openWorkspace(context);
  const status = await lookAtStack(place, settings.plain);
  place.report.result(values.json === true ? JSON.stringify(status, null, 2) : renderStatus(status, Date.now()));
  if (status.problems.length > 0) throw stackFailure(status.problems);
});
