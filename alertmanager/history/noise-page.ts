import { spell } from './format.ts';
import { html, type Html } from './html.ts';
import type { Noise, NoiseRow } from './noise.ts';
import { page } from './page.ts';
import { severityClass } from './pages.ts';

/** How often each alert fired, by week: which threshold to adjust first. */
export function noisePage({ weeks, alerts }: Noise): string {
  const loudest = Math.max(1, ...alerts.flatMap(({ perWeek }) => perWeek));
  const columns = weeks.map((week) => html`<th class="n">${week.slice(5)}</th>`);
  return page(
    'Noise',
    html`<h1>Noise</h1>
      <p class="dim">
        How often each alert came in the last ${weeks.length} weeks, by the Monday (UTC) of the week; the loudest first. An alert that no
        one ever acknowledges and that ends by itself is one to change or to remove. Other spans: <a href="/noise?weeks=4">4</a>
        <a href="/noise?weeks=12">12</a> <a href="/noise?weeks=26">26</a> weeks, or as
        <a href="/api/v1/noise?weeks=${weeks.length}">JSON</a>.
      </p>
      ${
        alerts.length === 0
          ? html`<p>No alert came.</p>`
          : html`<div class="wide">
                <table class="noise">
                  <tr>
                    <th>Alert</th>
                    <th class="n">in all</th>
                    <th class="n">taken on</th>
                    <th class="n">after</th>
                    <th class="n">over after</th>
                    ${columns}
                  </tr>
                  ${alerts.map((row) => line(row, loudest))}
                </table>
              </div>
              <p class="dim">Times are medians: half took less.</p>`
      }`,
  );
}

function line(row: NoiseRow, loudest: number): Html {
  const of = `${row.acknowledged} (${Math.round((100 * row.acknowledged) / row.total)} %)`;
  return html`<tr class="${severityClass(row.severity)}">
    <td><a href="/?alertname=${encodeURIComponent(row.alertname)}">${row.alertname}</a> <span class="sev">${row.severity}</span></td>
    <td class="n">${row.total}</td>
    <td class="n">${of}</td>
    <td class="n">${spellOrNone(row.medianSecondsToAcknowledge)}</td>
    <td class="n">${spellOrNone(row.medianSecondsToResolve)}</td>
    ${row.perWeek.map((count) => html`<td class="n heat${count === 0 ? 0 : Math.ceil((4 * count) / loudest)}">${count === 0 ? '·' : count}</td>`)}
  </tr>`;
}

function spellOrNone(seconds: number | null): string {
  return seconds === null ? '–' : spell(seconds);
}
