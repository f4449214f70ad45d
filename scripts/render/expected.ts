import { parse } from 'yaml';
import type { Tree } from '../base/tree.ts';

/** What the running stack must contain; smoke checks compare it with reality. */
export interface Expected {
  /** Addresses of the static targets of each job. */
  readonly targets: ReadonlyMap<string, readonly string[]>;
  /** Jobs that also read target files, with the folder below `prometheus/targets/`. */
  readonly fileJobs: readonly string[];
  /** Alerting and recording rules. */
  readonly rules: number;
  readonly dashboards: readonly string[];
  readonly dataSources: readonly { readonly uid: string; readonly type: string }[];
}

interface ScrapeFile {
  scrape_configs?: { job_name: string; static_configs?: { targets?: string[] }[]; file_sd_configs?: unknown[] }[];
}
interface RuleFile {
  groups?: { rules?: unknown[] }[];
}

/** What the running stack must show of a tree that was rendered without an error. */
export function expectedOf(tree: Tree): Expected {
  const parsed = <T>(prefix: string): T[] =>
    [...tree].filter(([path]) => path.startsWith(prefix) && /\.ya?ml$/.test(path)).map(([, text]) => (parse(text) ?? {}) as T);
  const jobs = parsed<ScrapeFile>('prometheus/scrape/').flatMap((file) => file.scrape_configs ?? []);
  const rules = parsed<RuleFile>('prometheus/rules/').flatMap((file) => file.groups ?? []);
  const dashboards = [...tree].filter(([path]) => path.startsWith('grafana/dashboards/') && path.endsWith('.json'));
  const sources = parsed<{ datasources?: { uid: string; type: string }[] }>('grafana/provisioning/datasources/').flatMap(
    (file) => file.datasources ?? [],
  );
  return {
    targets: new Map(jobs.map((job) => [job.job_name, (job.static_configs ?? []).flatMap((group) => group.targets ?? [])])),
    fileJobs: jobs.filter((job) => job.file_sd_configs !== undefined).map((job) => job.job_name),
    rules: rules.reduce((sum, group) => sum + (group.rules ?? []).length, 0),
    dashboards: dashboards.map(([, text]) => (JSON.parse(text) as { uid: string }).uid),
    dataSources: sources.map(({ uid, type }) => ({ uid, type })),
  };
}
