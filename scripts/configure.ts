import { main } from './base/command.ts';
import {
  answersOf,
  askChannels,
  asTyped,
  configureRequest,
  configureUsage,
  openSecrets,
  renderConfigure,
} from './notify/configure-questions.ts';
import { renderDeliveries } from './notify/show.ts';
import { confirm, interactive } from './base/prompt.ts';
import { planConfigure } from './notify/configure.ts';
import { inputFailure, stackFailure } from './base/failure.ts';
import { error, warning } from './base/problem.ts';
import { ROOT } from './base/files.ts';
import { bringIntoForce, putBack, readPresent, readSources, testChannel, writeConfigure } from './notify/configure-io.ts';
import { openWorkspace } from './engine/workspace.ts';

/** Sets up notification channels, by questions or options: checks, writes, applies and tests them. */
await main(async (context) => {
  const { report } = context;
  const request = configureRequest(context.args);
  if (request.help) return report.result(configureUsage());
  const asks = Object.keys(request.given).length === 0 && request.off.length === 0;
  if (asks && !interactive())
    throw inputFailure([error('arguments', 'there is no terminal for questions', 'npm run configure -- --help lists the options.')]);

  const present = await readPresent(ROOT);
  const answers = asks ? await askChannels(present) : answersOf(await readSources(request.given));
  const plan = planConfigure(answers, request.off, present);
  if (plan.problems.length > 0) throw inputFailure(asTyped(plan.problems, request.given));
  const seen = openSecrets(request.given).map((flag) =>
    warning(flag, 'was given on the command line, visible to other users and in the shell’s history', 'Use - (standard input) or @FILE.'),
  );
  report.problems([...seen, ...plan.warnings]);
  report.result(renderConfigure(plan));
  if (request.dryRun) return report.result('Nothing was written.');

  const write = plan.changes.length > 0 && (!asks || (await confirm('Write this?', true)) === true);
  if (write) await writeConfigure(ROOT, plan);
  else if (plan.changes.length > 0) return report.result('Nothing was written.');
  const apply = request.apply || (asks && plan.channels.length > 0 && (await confirm('Apply it now (npm run up)?', true)) === true);
  if (!apply) {
    if (write) report.result('Written. npm run up applies it, npm run test-alert -- --channel NAME tests it.');
    return;
  }
  const place = await openWorkspace(context);
  await bringIntoForce(place);
  for (const channel of plan.channels) {
    if (!request.test && (!asks || (await confirm(`Send a test alert through ${channel}?`, true)) !== true)) continue;
    const outcome = await testChannel(place, channel);
    report.result(renderDeliveries(outcome));
    if (outcome.problems.length === 0) continue;
    if (write && (!asks || (await confirm('Keep it anyway?')) !== true)) {
      await putBack(place, plan, present);
      report.result('.env, secrets/ and the running stack are as before.');
    }
    throw stackFailure(outcome.problems);
  }
});
