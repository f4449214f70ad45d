import { join } from 'node:path';
import { parseArguments } from '../../scripts/base/args.ts';
import { main } from '../../scripts/base/command.ts';
import { inputFailure, stackFailure } from '../../scripts/base/failure.ts';
import { error } from '../../scripts/base/problem.ts';
import { exec } from '../../scripts/base/exec.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { openWorkspace } from '../../scripts/engine/workspace.ts';

const USAGE = 'npm run bench [-- stack | instrumentation | containers | exporters]';
const BENCHES = ['stack', 'instrumentation', 'containers', 'exporters'];

/**
 * Measures with stacks of its own (test/bench/<name>.ts): start and checks, what the instrumentation costs an application, the container
 * exporter with many containers, or how long each exporter takes to answer. A running stack is not touched.
 */
await main(async (context) => {
  const [bench = 'stack', ...rest] = parseArguments(context.args, { usage: USAGE, options: {}, positionals: true }).positionals;
  if (!BENCHES.includes(bench) || rest.length > 0)
    throw inputFailure([error('arguments', `there is no benchmark "${[bench, ...rest].join(' ')}"`, USAGE)]);
  await openWorkspace(context);
  const { code } = await exec([process.execPath, '--import', 'tsx', join(ROOT, `test/bench/${bench}.ts`)], {
    cwd: ROOT,
    interactive: true,
    signal: context.signal,
  });
  if (code !== 0) throw stackFailure([]);
});
