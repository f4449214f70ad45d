import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { applications } from './applications.ts';
import { mysql } from './mysql.ts';
import { nginx } from './nginx.ts';
import { overview } from './overview.ts';
import { security } from './security.ts';
import { stack } from './stack.ts';
import { vector } from './vector.ts';

/** Every dashboard as the text of its file in grafana/dashboards/, by the file's name. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  return new Map(
    [overview(), applications(), stack(), security(), vector(), mysql(), nginx()]
      .map((builder) => builder.build())
      .map((board) => [`${board.uid ?? ''}.json`, render(board)]),
  );
}

/** Numbers the panels: Grafana would give them new ids at every load, and links to a panel would break. */
function render(board: Dashboard): string {
  const panels = (board.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 }));
  return `${JSON.stringify({ ...board, panels }, null, 2)}\n`;
}
