import { main } from './cli/command.ts';
import { stackFailure } from './core/failure.ts';
import { error } from './core/problem.ts';
import { compose } from './io/compose.ts';
import { exec } from './io/exec.ts';
import { ROOT } from './io/files.ts';

/** `npm run logs [-- service…] [-- --follow --tail 50 --since 10m]`: what `docker compose logs` takes. */
await main(async ({ args, signal }) => {
  const tail = args.some((arg) => /^(-n|--tail|--since)/.test(arg)) ? [] : ['--tail', '100'];
  const { code } = await compose(exec, ROOT, ['logs', ...tail, ...args], { interactive: true, signal });
  if (code !== 0 && !signal.aborted)
    throw stackFailure([
      error(
        'docker compose logs',
        `ended with exit code ${code}`,
        'npm run status shows the services; before the first `npm run up` there are none.',
      ),
    ]);
});
