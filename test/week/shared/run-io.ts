import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Exec } from '../../../scripts/base/exec.ts';
import { digestOf } from '../../../scripts/base/digest.ts';
import { readIfThere } from '../../../scripts/base/files.ts';
import { stage, STAGING, unstage } from '../../../scripts/render/publish-io.ts';
import { testRules } from '../../dev/mutation/promtool.ts';
import { readEvents, weekFiles, type WeekFiles } from './catalogue.ts';
import type { WeekEvent } from './event.ts';
import type { Timeline } from './fired.ts';
import { inhibitRules, type InhibitRule } from './inhibition.ts';
import { runWeek } from './run.ts';
import { falseAlarms, type FalseAlarm } from './verdict.ts';

/** The catalogue over the rules of this checkout. */
export interface Week {
  readonly events: ReadonlyMap<string, WeekEvent>;
  readonly files: WeekFiles;
  readonly inhibitions: readonly InhibitRule[];
  /** Of everything that the outcome depends on. */
  readonly digest: string;
}

const FILE = 'week.json';

/** Reads the events, the rules and the inhibitions of a checkout. */
export async function openWeek(root: string): Promise<Week> {
  const events = await readEvents();
  const files = await weekFiles(events, root);
  const inhibitions = inhibitRules((await readIfThere(join(root, 'alertmanager/alertmanager.yml'))) ?? '');
  return {
    events,
    files,
    inhibitions,
    digest: digestOf([
      ['files', files.digest],
      ['inhibitions', JSON.stringify(inhibitions)],
    ]),
  };
}

/** Evaluates rules over events with promtool in an image. Returns what fires, by the title of the event. */
export async function evaluate(
  { exec, root, image }: { readonly exec: Exec; readonly root: string; readonly image: string },
  events: ReadonlyMap<string, WeekEvent>,
  files: WeekFiles,
): Promise<ReadonlyMap<string, Timeline>> {
  const folder = await stage(root, `week-${process.pid}`, new Map([...files.rules, ...files.tests]));
  try {
    return await runWeek(events, files, async (names) => testRules(exec, image, folder, names));
  } finally {
    await unstage(folder);
  }
}

/** The false alarms of the whole catalogue. They are kept for the report on rules. */
export async function alarmsOf(root: string, week: Week, timelines: ReadonlyMap<string, Timeline>): Promise<readonly FalseAlarm[]> {
  const alarms = [...timelines].flatMap(([title, timeline]) => falseAlarms(title, timeline, week.inhibitions));
  const path = join(root, STAGING, FILE);
  await mkdir(join(root, STAGING), { recursive: true });
  await writeFile(`${path}.new`, JSON.stringify({ digest: week.digest, alarms }));
  await rename(`${path}.new`, path);
  return alarms;
}

/** The false alarms as they were last seen; undefined where rules, events or inhibitions have changed since. */
export async function knownAlarms(root: string): Promise<readonly FalseAlarm[] | undefined> {
  try {
    const kept = JSON.parse((await readIfThere(join(root, STAGING, FILE))) ?? '{}') as { digest?: string; alarms?: readonly FalseAlarm[] };
    return kept.digest === (await openWeek(root)).digest ? kept.alarms : undefined;
  } catch {
    // Half a file: the next run writes a whole one.
    return undefined;
  }
}
