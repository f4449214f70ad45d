import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { inputFailure } from '../base/failure.ts';
import { readIfThere, readTree } from '../base/files.ts';
import { errorsOf } from '../base/problem.ts';
import { spanSeconds } from '../base/span.ts';
import type { Tree } from '../base/tree.ts';
import { modules } from '../modules/index.ts';
import { select } from '../modules/selection.ts';
import { EFFECTIVE } from '../render/publish-io.ts';
import { renderTree } from '../render/tree.ts';
import { ruleShapeProblems } from '../rules/files.ts';
import { syntaxProblems } from '../rules/invariants.ts';
import { changedRecords, timedRules, withReaders, type Recorded, type TimedRules } from '../rules/recorded.ts';
import type { PlainSettings } from '../settings/table.ts';

const RULES = 'prometheus/rules';

/** The rules on disk, and the recorded metrics whose history is not theirs. */
export interface DiskRules extends TimedRules {
  readonly foreign: ReadonlyMap<string, readonly Recorded[]>;
}

/**
 * The rules as `up` would put them into force, with thresholds and SLOs. Throws a `Failure` if one has a mistake.
 *
 * @param start seconds since 1970: what was put into force later was not recorded all the time
 */
export async function rulesOnDisk(root: string, settings: PlainSettings, start: number): Promise<DiskRules> {
  const sources = new Map([...(await readTree(root, RULES)), ...(await readTree(root, 'prometheus/slo'))]);
  const { modules: enabled, services } = select(modules, settings, new Map());
  const { tree, problems } = renderTree({
    sources,
    settings,
    host: { serverName: '', gateway: '' },
    all: modules,
    modules: enabled,
    services,
    secretFiles: [],
    alertmanager: () => {
      throw new Error('rules alone are rendered');
    },
  });
  const rules: Tree = new Map([...tree].filter(([path]) => path.startsWith(`${RULES}/`)));
  const wrong = [...sources].flatMap(([path, text]) =>
    path.startsWith(`${RULES}/`) && path.endsWith('.yml') ? [...ruleShapeProblems(path, text), ...syntaxProblems(path, text)] : [],
  );
  // What is not YAML is found by both.
  for (const found of [problems, wrong]) if (errorsOf(found).length > 0) throw inputFailure(errorsOf(found));
  const evaluation = await evaluationInterval(root);
  const now = timedRules(rules, evaluation);
  const before = timedRules(await readTree(join(root, EFFECTIVE), RULES), evaluation);
  const young = new Set<string>();
  for (const { path, record } of before.recorded) if ((await stat(join(root, EFFECTIVE, path))).mtimeMs / 1000 > start) young.add(record);
  const names = withReaders(new Set([...changedRecords(now.recorded, before.recorded), ...young]), now.recorded);
  return { ...now, foreign: new Map([...names].map((name) => [name, now.recorded.filter(({ record }) => record === name)])) };
}

async function evaluationInterval(root: string): Promise<number> {
  const config = parse((await readIfThere(join(root, 'prometheus/prometheus.yml'))) ?? '') as {
    global?: { evaluation_interval?: string } | null;
  } | null;
  // Prometheus' own default is a minute.
  return spanSeconds(config?.global?.evaluation_interval ?? '1m') ?? 60;
}
