import { parseArguments } from '../../scripts/base/args.ts';
import { main } from '../../scripts/base/command.ts';
import { inputFailure } from '../../scripts/base/failure.ts';
import { error } from '../../scripts/base/problem.ts';
import { proveAndRecord } from './proof/command.ts';

const USAGE = 'npm run prove [-- alert…], npm run prove -- --stale';

/** Makes every proof that takes long and writes the proof lock: all, those of the alerts that are named, or what is missing or changed. */
await main(async (context) => {
  const { values, positionals } = parseArguments(context.args, {
    usage: USAGE,
    options: { stale: { type: 'boolean' } },
    positionals: true,
  });
  if (values.stale === true && positionals.length > 0) throw inputFailure([error('arguments', 'name alerts or --stale, not both', USAGE)]);
  await proveAndRecord(context, values.stale === true ? 'stale' : positionals.length > 0 ? positionals : 'all');
});
