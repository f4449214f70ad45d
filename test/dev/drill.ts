import { join } from 'node:path';
import { parseArguments } from '../../scripts/base/args.ts';
import { interruption, main } from '../../scripts/base/command.ts';
import { inputFailure, stackFailure } from '../../scripts/base/failure.ts';
import { exec } from '../../scripts/base/exec.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { openWorkplace } from '../../scripts/engine/workplace.ts';

/** Breaks real software and waits for the message at the receiver, with a stack and victims of its own (test/drills/); a running stack is not touched. */
await main(async (context) => {
  const { positionals } = parseArguments(context.args, { usage: 'npm run drill [-- alert…]', options: {}, positionals: true });
  await openWorkplace(context);
  interruption.state = 'What the drill has started is being removed, which takes up to a minute; nothing else was touched.';
  interruption.patienceMs = 180_000;
  const { code } = await exec([process.execPath, '--import', 'tsx', join(ROOT, 'test/drills/run.ts'), ...positionals], {
    cwd: ROOT,
    interactive: true,
    signal: context.signal,
  });
  if (code !== 0) throw code === 2 ? inputFailure([]) : stackFailure([]);
});
