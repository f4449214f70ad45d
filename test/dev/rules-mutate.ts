import { parseArguments } from '../../scripts/base/args.ts';
import { main } from '../../scripts/base/command.ts';
import { renderVerdicts } from './mutation/show.ts';
import { stackFailure } from '../../scripts/base/failure.ts';
import { KILLED_AT_LEAST, scoreOf } from './mutation/score.ts';
import { error } from '../../scripts/base/problem.ts';
import { mutate, type MutationScope } from './mutation/mutate.ts';
import { openWorkspace } from '../../scripts/engine/workspace.ts';
import { proofSubjects } from './proof/digest.ts';
import type { ProofLock } from './proof/lock.ts';
import { openProofs } from './proof/open.ts';
import { readProofLock, readProofSources } from './proof/sources.ts';
import { lockScore } from './report/rows.ts';

const USAGE = 'npm run rules:mutate [module…] [-- --changed] [-- --json]';

/** Changes each rule in many ways, one at a time, and lists the changes that no rule test notices. */
await main(async (context) => {
  const { values, positionals } = parseArguments(context.args, {
    usage: USAGE,
    options: { json: { type: 'boolean' }, changed: { type: 'boolean' } },
    positionals: true,
  });
  const lock = values.changed === true ? await readProofLock() : {};
  const scope: MutationScope = { modules: positionals, ...(values.changed === true ? { names: await changedRules(lock) } : {}) };
  const verdicts = await mutate(await openWorkspace(context), scope);
  // What has not changed counts with what the lock holds of it.
  const unchanged = Object.fromEntries(Object.entries(lock).filter(([name]) => scope.names?.has(name) === false));
  const score = lockScore({ ...unchanged, '': { mutants: { digest: '', ...scoreOf(verdicts) } } });
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

/** The rules that are not in the proof lock as they are now. */
async function changedRules(lock: ProofLock): Promise<ReadonlySet<string>> {
  const open = openProofs(proofSubjects(await readProofSources()), lock);
  return new Set(open.flatMap(({ alert, proof }) => (proof === 'mutants' ? [alert] : [])));
}
