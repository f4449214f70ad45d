import { parseArguments } from '../../scripts/base/args.ts';
import { main } from '../../scripts/base/command.ts';
import { exec } from '../../scripts/base/exec.ts';
import { stackFailure } from '../../scripts/base/failure.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { lint } from './lint-checks.ts';

/** Checks the sources without running them: faults that types do not show, the format, and what nothing uses. */
await main(async ({ args, report, signal }) => {
  parseArguments(args, { usage: 'npm run lint', options: {} });
  const problems = await report.step('sources checked', async () => lint(exec, ROOT, signal));
  if (problems.length > 0) throw stackFailure(problems);
});
