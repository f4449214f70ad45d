import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inputFailure } from '../../../scripts/base/failure.ts';
import { readIfThere, readTree, ROOT } from '../../../scripts/base/files.ts';
import { error } from '../../../scripts/base/problem.ts';
import type { Tree } from '../../../scripts/base/tree.ts';
import { readRuleTests } from '../../../scripts/rules/cases-io.ts';
import { sloFile } from '../report/slo-alerts.ts';
import { drillModules } from '../../drills/shared/registry.ts';
import type { ProofSources } from './digest.ts';
import { drillSources } from './drill-source.ts';
import { readLock, writeLock, type ProofLock } from './lock.ts';

const LOCK = 'test/proof.lock.json';

/** Reads what the proofs of this checkout depend on. */
export async function readProofSources(root = ROOT): Promise<ProofSources> {
  const [prometheus, tests, exporters, compose, alertmanager, drills] = await Promise.all([
    readTree(root, 'prometheus'),
    // Cases of lost scrapes are tried as a whole (test/tools/lost-scrapes.test.ts): for each mutant they would take too long.
    readRuleTests(root, 'without'),
    readTree(root, 'exporters'),
    readIfThere(join(root, 'docker-compose.yml')),
    readIfThere(join(root, 'alertmanager/alertmanager.yml')),
    readTree(root, 'test/drills'),
  ]);
  return {
    rules: new Map([...only(prometheus, /^prometheus\/rules\/.*\.yml$/), sloFile()]),
    tests: only(tests, /\.test\.yml$/),
    scrape: only(prometheus, /^prometheus\/(prometheus|scrape\/[^/]+)\.yml$/),
    compose: new Map([...only(exporters, /^exporters\/[^/]+\/compose\.yml$/), ['docker-compose.yml', compose ?? '']]),
    alertmanager: alertmanager ?? '',
    drills: drillsByAlert(drills),
  };
}

const only = (tree: Tree, name: RegExp): Tree => new Map([...tree].filter(([path]) => name.test(path)));

function drillsByAlert(files: Tree): ProofSources['drills'] {
  const sources = drillSources(new Map([...files].map(([path, text]) => [path.replace('test/drills/', ''), text])));
  const byAlert = new Map<string, { faults: string[]; source: string }>();
  for (const [module, { drills }] of drillModules)
    for (const [index, { alert, fault }] of drills.entries()) {
      const { faults, source } = byAlert.get(alert) ?? { faults: [], source: '' };
      byAlert.set(alert, { faults: [...faults, fault], source: `${source}\n${sources.get(module)?.[index] ?? ''}` });
    }
  return byAlert;
}

/** Reads the lock. Throws a `Failure` where it is not one. */
export async function readProofLock(root = ROOT): Promise<ProofLock> {
  try {
    return readLock(await readIfThere(join(root, LOCK)));
  } catch (failure) {
    throw inputFailure([
      error(
        LOCK,
        `is not a proof lock: ${String(failure)}`,
        `git checkout ${LOCK}, or delete it and run npm run prove: it is written again.`,
      ),
    ]);
  }
}

/** Writes the lock. */
export async function writeProofLock(lock: ProofLock, root = ROOT): Promise<void> {
  await writeFile(join(root, LOCK), writeLock(lock));
}
