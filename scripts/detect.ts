import { parseArguments } from './base/args.ts';
import { main } from './base/command.ts';
import { detectionJson, renderDetection, renderLater, renderManual } from './detect/show.ts';
import { confirm } from './base/prompt.ts';
import { applyDetection, planRunningContainers } from './detect/run.ts';
import { openWorkspace } from './engine/workspace.ts';

const USAGE = 'npm run detect [-- --apply] [--json]';

/** Looks at the running containers and proposes what to watch, as a diff; writes it with --apply or after a yes. */
await main(async (context) => {
  const { values } = parseArguments(context.args, { usage: USAGE, options: { apply: { type: 'boolean' }, json: { type: 'boolean' } } });
  const { report } = context;
  const json = values.json === true;
  const place = await openWorkspace(context);
  const plan = await planRunningContainers(place);
  const anything = plan.changes.length > 0 || plan.passwords.length > 0;
  if (!json) {
    report.result(renderDetection(plan));
    report.problems(plan.problems);
  }
  const apply = anything && (values.apply === true || (!json && (await confirm('Write this?')) === true));
  if (apply) await applyDetection(place, plan);
  if (json) return report.result(detectionJson(plan, apply));
  if (apply) report.result(['', renderManual(plan), 'Written. Apply it: npm run up'].filter((text) => text !== '').join('\n'));
  else if (anything)
    report.result(
      ['', renderLater(plan), 'Nothing was written. npm run detect -- --apply writes it.'].filter((text) => text !== '').join('\n'),
    );
  else if (plan.manual.length > 0) report.result(renderManual(plan));
});
