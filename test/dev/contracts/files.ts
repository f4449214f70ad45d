import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readContracts, type Contract, type Contracts } from '../../../scripts/rules/contract.ts';
import { inputFailure, stackFailure } from '../../../scripts/base/failure.ts';
import { readTree } from '../../../scripts/base/files.ts';
import type { Workspace } from '../../../scripts/engine/workspace.ts';

const FOLDER = 'test/contracts';

/** The contracts of this checkout, by the name of their file. Throws a `Failure` where one of them cannot be read. */
export async function presentContracts(root: string): Promise<Contracts> {
  const { contracts, problems } = readContracts(await readTree(join(root, FOLDER), '.'));
  if (problems.length > 0) throw inputFailure(problems.map((problem) => ({ ...problem, place: `${FOLDER}/${problem.place}` })));
  return contracts;
}

/**
 * Starts a stack of its own that watches one of everything (capture-stack.ts), and reads what its exporters expose. Takes about ten minutes.
 *
 * @param images `service=image`: run in the place of the pinned ones
 */
export async function capture({ root, exec, signal }: Workspace, images: readonly string[]): Promise<readonly Contract[]> {
  const into = await mkdtemp(join(tmpdir(), 'pharos-contracts-'));
  try {
    const command = [process.execPath, '--import', 'tsx', join(root, 'test/dev/contracts/capture-stack.ts'), into, ...images];
    const { code } = await exec(command, { cwd: root, interactive: true, signal });
    if (code !== 0) throw stackFailure([]);
    return [...readContracts(await readTree(into, '.')).contracts.values()];
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}

/** What the contracts are once the captured ones are among them: in the place of the present ones, or beside them as a further version. */
export function withCaptured(present: Contracts, captured: readonly Contract[], beside: boolean): Contracts {
  const all = new Map(present);
  for (const contract of captured) {
    const own = contractFile(contract, false);
    all.set(beside && present.get(own)?.version !== contract.version ? contractFile(contract, true) : own, contract);
  }
  return all;
}

/** Writes the contracts that differ from what is there. Returns the names of the files. */
export async function writeContracts(root: string, contracts: Contracts): Promise<readonly string[]> {
  const present = await readTree(join(root, FOLDER), '.');
  const changed = [...contracts]
    .map(([name, contract]) => [name, contractText(contract)] as const)
    .filter(([name, text]) => present.get(name) !== text);
  for (const [name, text] of changed) await writeFile(join(root, FOLDER, name), text);
  return changed.map(([name]) => name);
}

/** The name of a contract's file in test/contracts/: what an exporter is like under another setting, and a further version, have files of their own. */
export function contractFile({ exporter, version, setting = '' }: Contract, beside: boolean): string {
  const value = setting.replace(/^.*=/, '');
  const under = value === '' || value === exporter ? '' : `-${value}`;
  return `${exporter}${under}${beside ? `@${version}` : ''}.json`;
}

/** The text of a contract's file: one metric a line, in the order of their names. */
export function contractText({ metrics, ...head }: Contract): string {
  const lines = Object.keys(metrics)
    .sort()
    .map((name) => `    ${JSON.stringify(name)}: ${JSON.stringify(metrics[name])}`);
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "metrics": {\n${lines.join(',\n')}\n  }\n}\n`;
}
