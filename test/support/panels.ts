import { readdirSync } from 'node:fs';
import type { E2eStack } from './e2e-stack.ts';

/** A panel of a checked-in dashboard, with its variables filled in. */
export interface Panel {
  /** The dashboard's uid. */
  readonly board: string;
  /** `<board>: <title>`; two panels of a dashboard may have the same. */
  readonly name: string;
  /** The uid of the data source. */
  readonly source: string;
  readonly exprs: readonly string[];
}

interface Board {
  readonly uid: string;
  readonly panels: readonly {
    readonly title?: string;
    readonly datasource?: { readonly uid?: string };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly templating?: { readonly list?: readonly { readonly name: string; readonly query: { readonly query: string } }[] };
}

/** Every panel of some boards that queries something, as Grafana would with every value chosen. Throws where a variable has no values. */
export async function panelsOf(stack: E2eStack, uids: readonly string[]): Promise<readonly Panel[]> {
  const files = readdirSync(stack.path('grafana/dashboards')).filter((name) => name.endsWith('.json'));
  const boards = files.map((name) => JSON.parse(stack.read(`grafana/dashboards/${name}`)) as Board);
  return (await Promise.all(boards.filter(({ uid }) => uids.includes(uid)).map(async (board) => panelsOfBoard(stack, board)))).flat();
}

async function panelsOfBoard(stack: E2eStack, { uid, panels, templating }: Board): Promise<readonly Panel[]> {
  const values = new Map<string, string>();
  for (const { name, query } of templating?.list ?? []) values.set(name, (await choices(stack, query.query)).join('|'));
  const filled = (expr: string): string =>
    // `$1` is what a pattern found.
    expr.replace(/\$([a-z]\w*)/g, (_whole, name: string) => {
      const chosen = values.get(name) ?? '';
      if (chosen === '') throw new Error(`${uid}: the variable ${name} has no values`);
      return chosen;
    });
  return panels.flatMap(({ title = '', datasource, targets = [] }) =>
    targets.length === 0
      ? []
      : [{ board: uid, name: `${uid}: ${title}`, source: datasource?.uid ?? '', exprs: targets.map(({ expr }) => filled(expr)) }],
  );
}

async function choices(stack: E2eStack, query: string): Promise<readonly string[]> {
  const [, series = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
  const path = `/api/v1/label/${label}/values?match[]=${encodeURIComponent(series)}`;
  return (await stack.json<{ data: readonly string[] }>('PROMETHEUS_PORT', path)).data;
}
