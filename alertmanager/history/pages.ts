import type { Found, KnownValues, StoredAlert } from './alert.ts';
import { filters, WORST_FIRST } from './filters.ts';
import { duration, time } from './format.ts';
import { html, type Html } from './html.ts';
import { page } from './page.ts';
import type { AlertQuery } from './query.ts';

export interface ListContext {
  readonly parameters: URLSearchParams;
  readonly nowMs: number;
  /** What muted an alert, by its ID. */
  readonly quiet: ReadonlyMap<string, string>;
  /** What is about to fire; undefined where the list is about something else. */
  readonly pending: Html | undefined;
}

/** The list of alerts with its filters. */
export function listPage(
  query: AlertQuery,
  { total, alerts }: Found,
  known: KnownValues,
  { parameters, nowMs, quiet, pending }: ListContext,
): string {
  const empty =
    total === 0
      ? html`<p class="dim">No alert yet, or none matches the filters. <code>npm run test-alert</code> sends one.</p>`
      : undefined;
  const all = new URLSearchParams([...parameters].filter(([name]) => name !== 'limit' && name !== 'offset'));
  return page(
    'Alerts',
    html`${filters(query, known)}
      <p class="dim bar">
        <span>${heading(query, total)}</span> <a href="/api/v1/alerts.csv?${all.toString()}">CSV</a>
        <a href="/api/v1/alerts?${all.toString()}">JSON</a>
      </p>
      ${pending} ${alerts.map((alert) => row(alert, nowMs, quiet.get(alert.id)))} ${empty} ${pager(query, total, parameters)}`,
  );
}

function heading({ limit, offset }: AlertQuery, total: number): string {
  if (total === 0) return 'No alerts match';
  const range = total > limit ? `, ${offset + 1} to ${Math.min(total, offset + limit)}` : '';
  return `${total} ${total === 1 ? 'alert' : 'alerts'}${range}`;
}

/** The class that colours an alert. */
export function severityClass(severity: string): string {
  return WORST_FIRST.find((known) => known === severity) ?? 'info';
}

function row(alert: StoredAlert, nowMs: number, quiet = 'no one was notified'): Html {
  const end = alert.endsAt === null ? nowMs : Date.parse(alert.endsAt);
  const taken = alert.acknowledgedBy === null ? undefined : html` <span class="tag">${alert.acknowledgedBy} is on it</span>`;
  const unnotified = alert.receivers.length === 0 ? html` <span class="tag quiet">${quiet}</span>` : undefined;
  return html`<div class="alert ${severityClass(alert.severity)} ${alert.status}">
    <p class="what"><span class="sev">${alert.severity || 'no severity'}</span> <span class="state">${alert.status}</span></p>
    <p>
      <a href="/alerts/${alert.id}">${alert.alertname}</a>${alert.instance === '' ? '' : ` on ${alert.instance}`}${taken}${unnotified}
      <span>${alert.summary}</span>
    </p>
    <p class="when">
      <span>${time(alert.startsAt)}</span>
      <span class="dim">${alert.status === 'firing' ? 'for' : 'lasted'} ${duration(alert.startsAt, end)}</span>
    </p>
  </div>`;
}

function pager({ limit, offset }: AlertQuery, total: number, parameters: URLSearchParams): Html {
  const to = (at: number, text: string): Html => {
    const next = new URLSearchParams(parameters);
    next.set('offset', String(Math.max(0, at)));
    return html`<a href="/?${next.toString()}">${text}</a> `;
  };
  const newer = offset > 0 ? to(offset - limit, '← newer') : undefined;
  const older = offset + limit < total ? to(offset + limit, 'older →') : undefined;
  return html`<p>${newer} ${older}</p>`;
}

/** A page with an error and a way on. */
export function messagePage(title: string, message: string): string {
  return page(
    title,
    html`<h1>${title}</h1>
      <p>${message}</p>`,
  );
}
