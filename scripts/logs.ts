import { main } from './base/command.ts';
import { inputFailure, stackFailure } from './base/failure.ts';
import { unknownServices } from './doctor/log-services.ts';
import { error } from './base/problem.ts';
import { compose, publishedModel } from './engine/compose.ts';
import { exec } from './base/exec.ts';
import { ROOT } from './base/files.ts';

/** `npm run logs [-- service…] [-- --follow --tail 50 --since 10m]`: what `docker compose logs` takes. */
await main(async ({ args, signal }) => {
  const model = await publishedModel(ROOT);
  const notUp = stackFailure([error('the stack', 'is not running, so there are no logs', 'npm run up')]);
  if (model === undefined) throw notUp;
  const unknown = unknownServices(args, Object.keys(model.services));
  if (unknown.length > 0) throw inputFailure(unknown);
  const { code: listed, stdout } = await compose(exec, ROOT, ['ps', '--all', '--quiet'], { timeoutMs: 30_000 });
  // If the engine does not answer, Compose reports it.
  if (listed === 0 && stdout.trim() === '' && !args.some((arg) => arg === '--help' || arg === '-h')) throw notUp;
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
