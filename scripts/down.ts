import { parseArguments } from './base/args.ts';
import { interruption, main } from './base/command.ts';
import { confirm } from './base/prompt.ts';
import { inputFailure, stackFailure } from './base/failure.ts';
import { error, errorsOf } from './base/problem.ts';
import { loadProjectName } from './settings/io.ts';
import { removeStack } from './engine/teardown.ts';
import { openWorkspace } from './engine/workspace.ts';

const USAGE = 'npm run down [-- --volumes [--yes]]';

await main(async (context) => {
  const { values } = parseArguments(context.args, {
    usage: USAGE,
    options: { volumes: { type: 'boolean' }, yes: { type: 'boolean', short: 'y' } },
  });
  const place = await openWorkspace(context);
  const project = await loadProjectName(place.root);
  if (values.volumes === true && values.yes !== true) {
    const sure = await confirm(`Delete all metrics, logs, dashboards and alert history of "${project}"?`);
    if (sure === undefined)
      throw inputFailure([error('arguments', '--volumes deletes all data and needs confirmation', `${USAGE}: add --yes`)]);
    if (!sure) return;
  }
  place.signal.throwIfAborted();
  interruption.state =
    'Parts of the stack may be stopped or removed already. `npm run down` again removes the rest; `npm run up` starts it with the remaining data.';
  await place.report.step(values.volumes === true ? 'stack and its data removed' : 'stack removed, data kept', async (detail) => {
    const { containers, networks, volumes, problems } = await removeStack(place.docker, project, values.volumes === true, place.signal);
    if (errorsOf(problems).length > 0) throw stackFailure(problems);
    place.report.problems(problems);
    detail(`${containers} containers, ${networks} networks${values.volumes === true ? `, ${volumes} volumes` : ''}`);
  });
});
