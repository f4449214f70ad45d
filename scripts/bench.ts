import { join } from 'node:path';
import { main } from './cli/command.ts';
import { stackFailure } from './core/failure.ts';
import { exec } from './io/exec.ts';
import { ROOT } from './io/files.ts';
import { openWorkplace } from './steps/workplace.ts';

/** Measures the start and the checks with a stack of its own (test/bench/stack.ts); a running stack is not touched. */
await main(async (context) => {
  await openWorkplace(context);
  const { code } = await exec([process.execPath, '--import', 'tsx', join(ROOT, 'test/bench/stack.ts')], {
    cwd: ROOT,
    interactive: true,
    signal: context.signal,
  });
  if (code !== 0) throw stackFailure([]);
});
