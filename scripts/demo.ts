import { parseArguments } from './base/args.ts';
import { interruption, main } from './base/command.ts';
import { ROOT } from './base/files.ts';
import { loadSettings } from './settings/io.ts';
import { inputFailure } from './base/failure.ts';
import { error } from './base/problem.ts';
import { OPTIONAL_PARTS } from './demo/plan.ts';
import { startDemo, stopDemo } from './demo/run.ts';
import { openWorkspace } from './engine/workspace.ts';

const USAGE = 'npm run demo [-- --yes | --with <module>,… | --stop]';

/** Starts an example application with a light load, watched by the running stack; `--stop` removes it. */
await main(async (context) => {
  const { values } = parseArguments(context.args, {
    usage: USAGE,
    options: { stop: { type: 'boolean' }, yes: { type: 'boolean', short: 'y' }, with: { type: 'string', default: '' } },
  });
  const wanted = values.with.split(',').filter((name) => name !== '');
  const unknown = wanted.filter((name) => !OPTIONAL_PARTS.includes(name));
  if (unknown.length > 0)
    throw inputFailure([
      error(
        'arguments',
        `--with ${unknown.join(',')} is not an optional part of the demo`,
        OPTIONAL_PARTS.length === 0 ? USAGE : `There are ${OPTIONAL_PARTS.join(', ')}.`,
      ),
    ]);
  const { settings } = await loadSettings(ROOT);
  const place = await openWorkspace(context, values.yes);
  if (values.stop === true) {
    await place.report.step('the example removed', async (detail) => detail(`${await stopDemo(place, settings.plain)} containers`));
    return;
  }
  interruption.state = 'The example may be half started: npm run demo -- --stop removes it.';
  const { address, dashboards } = await startDemo(place, settings.plain, wanted);
  place.report.result(`
  The example answers at ${address} and is under a gentle load.
${dashboards.map((dashboard) => `\n    ${dashboard}`).join('')}${dashboards.length > 0 ? '\n' : ''}
    ${address}/health    its health
    ${address}/metrics   what Prometheus scrapes
    curl -X POST -H 'content-type: application/json' -d '{"value":0.2}' ${address}/misbehave/errors
                                   a fifth of its answers are errors from now on; also latency, memory, block,
                                   stuck-queue, hanging-jobs, failing-jobs, payment-callback
    curl -X DELETE ${address}/misbehave     all well again
    npm run demo -- --stop         removes it`);
});
