import { join } from 'node:path';
import { parseArguments } from './cli/args.ts';
import { main } from './cli/command.ts';
import { inputFailure, stackFailure } from './core/failure.ts';
import { error } from './core/problem.ts';
import { exec } from './io/exec.ts';
import { ROOT } from './io/files.ts';
import { openWorkplace } from './steps/workplace.ts';

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
  await openWorkplace(context);
  const { code } = await exec([process.execPath, '--import', 'tsx', join(ROOT, `test/bench/${bench}.ts`)], {
    cwd: ROOT,
    interactive: true,
    signal: context.signal,
  });
  if (code !== 0) throw stackFailure([]);
});
