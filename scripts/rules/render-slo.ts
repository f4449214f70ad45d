import type { Tree } from '../base/tree.ts';
import { error, warning, type Problem } from '../base/problem.ts';
import { readSloFile } from './slo-file.ts';
import { SLO_ALERTS, sloRules } from './slo.ts';
import { stringify } from 'yaml';

/** The runbooks of alerts that are in no checked-in rule file. */
export const SLO_RUNBOOKS: readonly string[] = SLO_ALERTS.map((alert) => `runbooks/apps/${alert}.md`);

/** Days of a unit of Prometheus durations. */
const UNIT_DAYS: Readonly<Record<string, number>> = { h: 1 / 24, d: 1, w: 7, y: 365 };

export interface RenderedSlo {
  /** The rule file below `.effective/`; undefined if the SLO file has a mistake. */
  readonly rules?: { readonly path: string; readonly text: string };
  readonly problems: readonly Problem[];
}

export interface SloContext {
  /** The files of the checkout: none of them may have the name of the rules. */
  readonly sources: Tree;
  readonly runbooksUrl: string;
  /** How long Prometheus keeps its data, such as `30d`. */
  readonly retention: string;
}

/** Renders `prometheus/slo/<service>.yml` into a rule file of Prometheus. */
export function renderSlo(path: string, text: string, { sources, runbooksUrl, retention }: SloContext): RenderedSlo {
  const { slos, problems } = readSloFile(path, text);
  if (slos === undefined) return { problems };
  const target = `prometheus/rules/slo-${slos.service}.yml`;
  if (sources.has(target))
    return { problems: [error(target, `has the name of the rules that ${path} becomes`, 'Rename it: it would be overwritten.')] };
  const [, count = '', unit = ''] = /^(\d+)(\w+)$/.exec(retention) ?? [];
  const kept = Number(count) * (UNIT_DAYS[unit] ?? 0);
  const short = warning(
    path,
    `has an SLO over ${slos.days} days, but Prometheus keeps ${retention}`,
    'Raise PROMETHEUS_RETENTION_TIME, or lower window: until then the remaining budget covers only the retained time.',
  );
  const header = `# Made of ${path} by npm run up. Change that file instead.\n`;
  return {
    rules: { path: target, text: header + stringify(sloRules(slos, runbooksUrl), { aliasDuplicateObjects: false }) },
    problems: kept < slos.days ? [...problems, short] : problems,
  };
}
