import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { digestOf } from '../../../scripts/base/digest.ts';
import { readTree, ROOT } from '../../../scripts/base/files.ts';
import type { Tree } from '../../../scripts/base/tree.ts';
import { secondsOf } from '../../../scripts/rules/samples.ts';
import { background } from '../background/index.ts';
import type { WeekEvent } from './event.ts';
import { promtoolTest } from './promtool-test.ts';

/** The events of `test/week`, by the names of their files. Each file exports one as default. */
export async function readEvents(): Promise<ReadonlyMap<string, WeekEvent>> {
  const folder = join(ROOT, 'test/week');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort();
  const loaded = names.map(async (name) => {
    const { default: event } = (await import(pathToFileURL(join(folder, name)).href)) as { default: WeekEvent };
    return [name.replace('.ts', ''), event] as const;
  });
  return new Map(await Promise.all(loaded));
}

/** The catalogue as files for promtool, which depend on nothing else. */
export interface WeekFiles {
  readonly rules: Tree;
  /** A test file for each event, by its name. */
  readonly tests: Tree;
  readonly digest: string;
}

/** Makes promtool's files of events: every checked-in rule file, and the scrape intervals of its jobs. */
export async function weekFiles(events: ReadonlyMap<string, WeekEvent>, root = ROOT): Promise<WeekFiles> {
  const files = await readTree(root, 'prometheus');
  const rules = new Map(
    [...files].flatMap(([path, text]) => (/^prometheus\/rules\/\w+\.yml$/.test(path) ? [[path.replace(/^.*\//, ''), text] as const] : [])),
  );
  const intervals = scrapeIntervals(files);
  const scrape = (job: string): number => intervals.get(job) ?? intervals.get('') ?? 15;
  const tests = new Map(
    [...events].map(([name, event]) => [`${name}.test.json`, promtoolTest(event, background, [...rules.keys()], scrape)] as const),
  );
  return { rules, tests, digest: digestOf([...rules, ...tests]) };
}

interface ScrapeFile {
  readonly global?: { readonly scrape_interval?: string };
  readonly scrape_configs?: readonly { readonly job_name: string; readonly scrape_interval?: string }[];
}

/** The scrape interval of each job that has one of its own, and that of all others as the one of ''. */
function scrapeIntervals(files: Tree): ReadonlyMap<string, number> {
  return new Map(
    [...files]
      .filter(([path]) => /^prometheus\/(prometheus|scrape\/\w+)\.yml$/.test(path))
      .map(([, text]) => parse(text) as ScrapeFile)
      .flatMap(({ global, scrape_configs: jobs = [] }) => [
        ...(global?.scrape_interval === undefined ? [] : [['', secondsOf(global.scrape_interval)] as const]),
        ...jobs.flatMap(({ job_name: job, scrape_interval: every }) => (every === undefined ? [] : [[job, secondsOf(every)] as const])),
      ]),
  );
}
