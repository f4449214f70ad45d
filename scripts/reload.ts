import { parseArguments } from './base/args.ts';
import { main } from './base/command.ts';
import { stackFailure } from './base/failure.ts';
import { error } from './base/problem.ts';
import { ROOT } from './base/files.ts';
import { loadSettings } from './settings/io.ts';
import { stackState } from './engine/stack-state.ts';
import { applyPrepared } from './up/apply.ts';
import { lintPrepared } from './up/lint.ts';
import { prepare } from './up/prepare.ts';
import { backtestOffer } from './up/summary.ts';
import { openWorkspace } from './engine/workspace.ts';

/** Applies changed files to the running stack: lint → publish → reload → check that it runs what is on disk. */
await main(async (context) => {
  parseArguments(context.args, { usage: 'npm run reload', options: {} });
  const { settings, warnings } = await loadSettings(ROOT);
  context.report.problems(warnings);
  const place = await openWorkspace(context);
  const running = await stackState(place.docker, settings.plain.COMPOSE_PROJECT_NAME);
  if (running.length === 0) throw stackFailure([error('the stack', 'is not running', 'npm run up')]);
  const prepared = await prepare(place, settings, { checkHost: false });
  await lintPrepared(place, prepared, false);
  const changed = await applyPrepared(place, prepared);
  place.report.result(['The running configuration is the one on disk.', ...backtestOffer(changed)].join('\n'));
});
