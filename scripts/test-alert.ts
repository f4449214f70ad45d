import { randomBytes } from 'node:crypto';
import { parseArguments } from './base/args.ts';
import { main } from './base/command.ts';
import { renderDeliveries } from './notify/show.ts';
import { TEST_CHANNEL_LABEL } from './alertmanager/channel-catalog.ts';
import { testLabels } from './notify/deliveries.ts';
import { inputFailure, stackFailure } from './base/failure.ts';
import { error } from './base/problem.ts';
import { ROOT } from './base/files.ts';
import { loadSettings } from './settings/io.ts';
import { deliverTestAlert, requireChannel, routeTestAlert } from './notify/test-alert-io.ts';
import { openWorkspace } from './engine/workspace.ts';

const USAGE =
  'npm run test-alert [-- --channel slack --severity critical --category stack --label name=value --timeout 30 --dry-run --json]';

await main(async (context) => {
  const { values } = parseArguments(context.args, {
    usage: USAGE,
    options: {
      channel: { type: 'string' },
      severity: { type: 'string', default: 'critical' },
      category: { type: 'string', default: 'stack' },
      label: { type: 'string', multiple: true, default: [] },
      timeout: { type: 'string', default: '30' },
      'dry-run': { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const nonce = randomBytes(6).toString('hex');
  const given = testLabels(values.severity, values.category, values.label, nonce);
  if ('wrong' in given) throw inputFailure([error('arguments', given.wrong, `${given.fix}\n${USAGE}`)]);
  const labels = values.channel === undefined ? given.labels : { ...given.labels, [TEST_CHANNEL_LABEL]: values.channel };
  const seconds = Number(values.timeout);
  if (!(seconds >= 5 && seconds <= 600))
    throw inputFailure([error('arguments', `--timeout ${values.timeout} is not a number of seconds`, 'A number from 5 to 600.')]);

  if (values.channel !== undefined) await requireChannel(ROOT, values.channel);
  const place = await openWorkspace(context);
  const { settings } = await loadSettings(ROOT);
  if (values['dry-run'] === true) {
    const channels = await routeTestAlert(place, labels);
    const lines = channels.map(({ receiver, integration }) => `${receiver}  ${integration}`);
    place.report.result(
      values.json === true ? JSON.stringify(channels, null, 2) : `Would be notified, nothing was sent:\n  ${lines.join('\n  ')}`,
    );
    return;
  }
  const outcome = await deliverTestAlert(place, settings.plain, { labels, nonce, withinMs: seconds * 1000 });
  place.report.result(values.json === true ? JSON.stringify(outcome, null, 2) : renderDeliveries(outcome));
  if (outcome.problems.length > 0) throw stackFailure(outcome.problems);
});
