import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere } from '../../../scripts/base/files.ts';
import { STAGING } from '../../../scripts/render/publish-io.ts';

/** What promtool said about each trial, by the name of its file, which is a digest of its content. */
export type Outcomes = ReadonlyMap<string, 'passed' | 'failed'>;

const FILE = 'mutant-outcomes.json';
/** Outcomes are forgotten beyond this many, the oldest first: some thousand mutants, and some days of changes. */
const KEPT = 20_000;

/** The outcomes that were seen with this image. */
export async function readOutcomes(root: string, image: string): Promise<Outcomes> {
  try {
    const kept: unknown = JSON.parse((await readIfThere(join(root, STAGING, FILE))) ?? '{}');
    const { image: of, outcomes } = kept as { image?: string; outcomes?: [string, 'passed' | 'failed'][] };
    return new Map(of === image && Array.isArray(outcomes) ? outcomes : []);
  } catch {
    // Half a file, or another program's: it only saves time.
    return new Map();
  }
}

/** Keeps outcomes for the next run. */
export async function rememberOutcomes(root: string, image: string, outcomes: Outcomes): Promise<void> {
  const path = join(root, STAGING, FILE);
  await mkdir(join(root, STAGING), { recursive: true });
  await writeFile(`${path}.new`, JSON.stringify({ image, outcomes: [...outcomes].slice(-KEPT) }));
  await rename(`${path}.new`, path);
}
