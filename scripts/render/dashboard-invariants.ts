import { error, type Problem } from '../base/problem.ts';

/** The parts of a dashboard's JSON (the classic model) that are checked. */
export interface DashboardJson {
  readonly uid?: string;
  readonly title?: string;
  readonly description?: string;
  readonly schemaVersion?: number;
  readonly __inputs?: unknown;
  readonly panels?: readonly PanelJson[];
}

interface PanelJson {
  readonly id?: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly gridPos?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid?: string } | string | null;
  readonly fieldConfig?: { readonly defaults?: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr?: string; readonly datasource?: { readonly uid?: string } | string | null }[];
}

/** Panel types that Grafana 12 and later still have; the Angular ones (graph, singlestat, table-old) are gone. */
const TYPES = new Set([
  'timeseries',
  'stat',
  'table',
  'bargauge',
  'gauge',
  'logs',
  'row',
  'text',
  'piechart',
  'heatmap',
  'state-timeline',
  'status-history',
  'barchart',
]);
const WITHOUT_DATA = new Set(['row', 'text']);
/** The newest version of the classic model. */
const NEWEST_SCHEMA = 42;

/** What would keep a dashboard from showing data in a supported Grafana. */
export function dashboardProblems(file: string, dashboard: DashboardJson, dataSources: readonly string[]): readonly Problem[] {
  const say = (message: string): Problem => error(file, message, 'Fix grafana/src, then npm run dashboards.');
  const problems: Problem[] = [];
  if (`${dashboard.uid ?? ''}.json` !== file.split('/').at(-1))
    problems.push(say(`has the uid "${dashboard.uid ?? ''}", which is not its file's name`));
  if ((dashboard.description ?? '') === '') problems.push(say('has no description'));
  if (dashboard.panels === undefined) problems.push(say('is not in the classic model (no panels)'));
  if ((dashboard.schemaVersion ?? 0) > NEWEST_SCHEMA)
    problems.push(say(`has schemaVersion ${dashboard.schemaVersion ?? 0}; provisioning knows up to ${NEWEST_SCHEMA}`));
  if (dashboard.__inputs !== undefined || JSON.stringify(dashboard).includes('${DS_'))
    problems.push(say('needs data sources at import (__inputs, ${DS_…})'));
  const panels = dashboard.panels ?? [];
  problems.push(...panels.flatMap((panel) => panelProblems(panel, dataSources).map(say)), ...overlaps(panels).map(say));
  const ids = panels.map(({ id }) => id).filter((id) => id !== undefined);
  if (new Set(ids).size !== ids.length) problems.push(say('has two panels with the same id'));
  return problems;
}

function panelProblems(panel: PanelJson, dataSources: readonly string[]): readonly string[] {
  const name = `panel "${panel.title ?? ''}"`;
  const found: string[] = [];
  if (!TYPES.has(panel.type)) found.push(`${name} is of the type ${panel.type}, which Grafana no longer has`);
  if ((panel.title ?? '') === '') found.push(`a panel of the type ${panel.type} has no title`);
  if (WITHOUT_DATA.has(panel.type)) return found;
  if ((panel.description ?? '') === '') found.push(`${name} has no description`);
  if (panel.type !== 'logs' && (panel.fieldConfig?.defaults?.unit ?? '') === '') found.push(`${name} has no unit`);
  const targets = panel.targets ?? [];
  if (targets.length === 0) found.push(`${name} has no query`);
  for (const { expr = '', datasource } of targets) {
    if (expr.trim() === '') found.push(`${name} has an empty expression`);
    const uid = typeof datasource === 'object' ? (datasource?.uid ?? '') : '';
    if (!dataSources.includes(uid)) found.push(`${name} uses the data source "${uid}", which is not provisioned`);
  }
  return found;
}

function overlaps(panels: readonly PanelJson[]): readonly string[] {
  const placed = panels.flatMap(({ title = '', gridPos }) => (gridPos === undefined ? [] : [{ title, ...gridPos }]));
  return placed.flatMap((a, index) =>
    placed
      .slice(index + 1)
      .flatMap((b) =>
        a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h ? [`panels "${a.title}" and "${b.title}" overlap`] : [],
      ),
  );
}
