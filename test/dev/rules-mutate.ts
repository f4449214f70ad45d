import { parseArguments } from '../../scripts/base/args.ts';
import { main } from '../../scripts/base/command.ts';
import { renderVerdicts } from './mutation/show.ts';
import { stackFailure } from '../../scripts/base/failure.ts';
import { KILLED_AT_LEAST, scoreOf } from './mutation/score.ts';
import { error } from '../../scripts/base/problem.ts';
import { mutate } from './mutation/mutate.ts';
import { openWorkplace } from '../../scripts/engine/workplace.ts';

const USAGE = 'npm run rules:mutate [module…] [-- --json]';

/** Changes each rule in many ways, one at a time, and lists the changes that no rule test notices. */
await main(async (context) => {
  const { values, positionals } = parseArguments(context.args, { usage: USAGE, options: { json: { type: 'boolean' } }, positionals: true });
  const verdicts = await mutate(await openWorkplace(context), positionals);
  const score = scoreOf(verdicts);
  context.report.result(
    values.json === true
      ? JSON.stringify({ ...score, survivors: verdicts.filter(({ killed }) => !killed) }, null, 2)
      : renderVerdicts(verdicts),
  );
  if (score.percent < KILLED_AT_LEAST)
    throw stackFailure([
      error(
        'test/rules',
        `only ${score.percent} % of the mutants die, ${KILLED_AT_LEAST} % must`,
        'For each survivor add a case that passes with the rule and fails with the change.',
      ),
    ]);
});
