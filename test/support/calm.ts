import { existsSync, writeFileSync } from 'node:fs';
import { eventually } from './e2e-stack.ts';

/** The file by which test files that run side by side tell each other that the machine is calm; only where they do. */
const file = process.env['PHAROS_CALM_FILE'];

/** Says that what is left of the drills is waiting. */
export function sayCalm(): void {
  if (file !== undefined) writeFileSync(file, '');
}

/** Waits until the drills beside this test only wait, ten minutes at most: where they broke off, nobody says so. */
export async function calm(): Promise<void> {
  if (file !== undefined) await eventually('the drills are calm', 600, async () => existsSync(file)).catch(() => undefined);
}
