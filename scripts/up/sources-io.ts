import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WINDOWS } from '../alertmanager/windows.ts';
import { readTree } from '../base/files.ts';
import type { Tree } from '../base/tree.ts';
import { readRuleTests } from '../rules/cases-io.ts';
import { modules } from '../modules/index.ts';

/** Folders of the checkout with configuration. Modules add theirs. */
const FOLDERS = ['prometheus', 'alertmanager/templates', 'grafana/provisioning', 'grafana/dashboards', 'runbooks'];
const ALERTMANAGER = ['alertmanager/alertmanager.yml', WINDOWS];

/** The checked-in configuration, with the user's own files and the rule tests. */
export async function readSources(root: string): Promise<Tree> {
  const folders = [...new Set([...FOLDERS, ...modules.flatMap(({ sources = [] }) => sources)])];
  const trees = await Promise.all(folders.filter((folder) => existsSync(join(root, folder))).map((folder) => readTree(root, folder)));
  const alertmanager = await readTree(root, 'alertmanager');
  return new Map([
    ...trees.flatMap((tree) => [...tree]),
    // Cases of lost scrapes take half a minute; test/tools/lost-scrapes.test.ts runs them.
    ...(await readRuleTests(root, 'without')),
    ...[...alertmanager].filter(([path]) => ALERTMANAGER.includes(path)),
  ]);
}
