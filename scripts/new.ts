import { resolve } from 'node:path';
import { parseArguments } from './base/args.ts';
import { main } from './base/command.ts';
import { renderCopy } from './copy/show.ts';
import { inputFailure } from './base/failure.ts';
import { error } from './base/problem.ts';
import { ROOT } from './base/files.ts';
import { makeCopy } from './copy/run.ts';

const USAGE = 'npm run new -- ../shop-monitoring';

/** Copies this stack for another project: its files with a new project name and new ports, without data and secrets. */
await main(async (context) => {
  const { positionals } = parseArguments(context.args, { usage: USAGE, options: {}, positionals: true });
  const [folder, ...rest] = positionals;
  if (folder === undefined || folder === '' || rest.length > 0)
    throw inputFailure([error('arguments', 'exactly one folder is needed', USAGE)]);
  const copy = await makeCopy(context, ROOT, resolve(folder));
  if ('problem' in copy.commit) context.report.problems([copy.commit.problem]);
  context.report.result(renderCopy(copy.folder, copy.plan, copy.files));
});
