import type { Tree } from '../../../scripts/base/tree.ts';
import { inputFailure, stackFailure } from '../../../scripts/base/failure.ts';
import { subjectsOf, type Subject, type Trial } from './trials.ts';
import type { Verdict } from './score.ts';
import { error } from '../../../scripts/base/problem.ts';
import { moduleName, syntaxProblems } from '../../../scripts/rules/invariants.ts';
import { readTree } from '../../../scripts/base/files.ts';
import { readOutcomes, rememberOutcomes, type Outcomes } from './outcomes-io.ts';
import { testRules } from './promtool.ts';
import { stage, unstage } from '../../../scripts/render/publish-io.ts';
import { serviceImage } from '../../../scripts/images/service-image.ts';
import type { Workspace } from '../../../scripts/engine/workspace.ts';
import { readRuleTests } from '../../../scripts/rules/cases-io.ts';
import { join } from 'node:path';
import { closest } from 'fastest-levenshtein';

/** promtool works on one core; two side by side are what the smallest supported host has. */
const RUNS = 2;
/** Test files for one container: its start is paid seldom, and progress is seen. */
const BATCH = 150;

/** Which rules are changed: all, unless something is given. */
export interface MutationScope {
  readonly modules?: readonly string[];
  /** Names of alerts and recorded metrics. */
  readonly names?: ReadonlySet<string>;
}

/**
 * Tries every mutant of the rules in question against the rule tests. Outcomes are kept: only what has
 * changed since is run again. Throws a `Failure` where a rule cannot be read, or fails its tests as it stands.
 */
export async function mutate(place: Workspace, { modules = [], names }: MutationScope = {}): Promise<readonly Verdict[]> {
  const { root, report } = place;
  const sources = rulesOnly(await readTree(root, 'prometheus/rules'));
  const tests = rulesOnly(await readRuleTests(root, 'without'));
  const paths = chosen([...sources.keys()], modules);
  const broken = paths.flatMap((path) => syntaxProblems(path, sources.get(path) ?? ''));
  if (broken.length > 0) throw stackFailure(broken);
  const image = await serviceImage(place, 'prometheus');
  const subjects = paths.flatMap((path) => subjectsOf(path, tests, sources)).filter(({ name }) => names === undefined || names.has(name));
  const outcomes = await report.step('rules mutated', async (detail) => tryAll(place, image, subjects, detail));
  const passes = ({ trials }: Subject): boolean => trials.every(({ file }) => outcomes.get(file) === 'passed');
  const failing = subjects.filter((subject) => subject.mutant === undefined && !passes(subject));
  if (failing.length > 0)
    throw stackFailure(
      failing.map(({ path, name }) => error(path, `${name} fails its tests unchanged`, 'npm run validate shows why; fix that first.')),
    );
  return subjects.flatMap(({ path, name, mutant, trials }) =>
    mutant === undefined
      ? []
      : [{ path, name, kind: mutant.kind, mutation: mutant.mutation, killed: !passes({ path, name, mutant, trials }) }],
  );
}

function rulesOnly(tree: Tree): Tree {
  return new Map([...tree].filter(([path]) => /\.ya?ml$/.test(path)));
}

function chosen(paths: readonly string[], only: readonly string[]): readonly string[] {
  const known = paths.map(moduleName);
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw inputFailure(
      unknown.map((name) => error('arguments', `there is no prometheus/rules/${name}.yml`, `Did you mean ${closest(name, known)}?`)),
    );
  return only.length === 0 ? paths : paths.filter((path) => only.includes(moduleName(path)));
}

async function tryAll(
  { root, exec, signal }: Workspace,
  image: string,
  subjects: readonly Subject[],
  detail: (text: string) => void,
): Promise<Outcomes> {
  const known = new Map(await readOutcomes(root, image));
  const trials = new Map(subjects.flatMap((subject) => subject.trials).map((trial) => [trial.file, trial] as const));
  const open = [...trials.values()].filter(({ file }) => !known.has(file));
  if (open.length === 0) {
    detail('nothing changed');
    return known;
  }
  const batches = Array.from({ length: Math.ceil(open.length / BATCH) }, (_, i) => open.slice(i * BATCH, (i + 1) * BATCH));
  // A folder of its own: two runs side by side must not take each other's files away.
  const folder = await stage(root, `mutants-${process.pid}`, new Map(open.flatMap(({ files }) => files)));
  let done = 0;
  const work = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      signal.throwIfAborted();
      for (const [file, outcome] of await tryBatch(exec, image, folder, batch)) known.set(file, outcome);
      done += batch.length;
      detail(`${done} of ${open.length} trials`);
      await rememberOutcomes(root, image, known);
    }
  };
  try {
    await Promise.all(Array.from({ length: RUNS }, work));
  } finally {
    await unstage(folder);
  }
  detail(`${open.length} trials`);
  return known;
}

async function tryBatch(exec: Workspace['exec'], image: string, folder: string, batch: readonly Trial[]): Promise<Outcomes> {
  const results = await testRules(
    exec,
    image,
    folder,
    batch.map(({ file }) => file),
  );
  return new Map(
    [...results].map(([file, { passed, failure }]) => {
      // A change that Prometheus would not load proves nothing about the tests.
      if (/parse error|could not parse|group .*, rule .*:/.test(failure)) throw new Error(`not a rule: ${join(folder, file)}: ${failure}`);
      return [file, passed ? 'passed' : 'failed'];
    }),
  );
}
