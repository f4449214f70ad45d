import { html, link, type Html } from './html.ts';
import { page } from './page.ts';
import type { AlertQuery } from './query.ts';
import type { StoredAlert } from './store.ts';

const SEVERITIES = ['emergency', 'critical', 'warning', 'info'] as const;
const CATEGORIES = ['infrastructure', 'database', 'cache', 'application', 'mlops', 'security', 'endpoint', 'logs', 'stack'] as const;

/** How long something lasted or lasts: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export function duration(fromIso: string, toMs: number): string {
  const seconds = Math.max(0, Math.round((toMs - Date.parse(fromIso)) / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 60) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min`;
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `2026-01-31 12:00:05 UTC`. */
export function time(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** The list of alerts with its filters. */
export function listPage(
  query: AlertQuery,
  found: { readonly total: number; readonly alerts: readonly StoredAlert[] },
  parameters: URLSearchParams,
  nowMs: number,
): string {
  const { total, alerts } = found;
  const firing = alerts.filter(({ status }) => status === 'firing').length;
  const heading =
    total === 0 ? 'No alerts match' : `${total} ${total === 1 ? 'alert' : 'alerts'}${firing === 0 ? '' : `, ${firing} of these firing`}`;
  const empty =
    total === 0
      ? html`<p class="dim">Nothing has been told here yet, or the filters leave nothing. <code>npm run test-alert</code> sends one.</p>`
      : undefined;
  return page(
    'Alerts',
    html`${filters(query)}
      <p class="dim">${heading}</p>
      ${alerts.map((alert) => row(alert, nowMs))} ${empty} ${pager(query, total, parameters)}`,
  );
}

function filters({ status, equal, text, since }: AlertQuery): Html {
  return html`<form method="get" action="/">
    ${select('status', 'any state', ['firing', 'resolved'], status)} ${select('severity', 'any severity', SEVERITIES, equal.severity)}
    ${select('category', 'any category', CATEGORIES, equal.category)}
    <input type="search" name="q" placeholder="alert, instance, service, text" aria-label="text" value="${text ?? ''}" />
    <input type="date" name="since" aria-label="since" value="${since?.slice(0, 10) ?? ''}" />
    <button>Filter</button>
  </form>`;
}

function select(name: string, any: string, options: readonly string[], selected: string | undefined): Html {
  const choices = options.map((option) =>
    option === selected ? html`<option selected>${option}</option>` : html`<option>${option}</option>`,
  );
  return html`<select name="${name}" aria-label="${name}">
    <option value="">${any}</option>
    ${choices}
  </select>`;
}

function row(alert: StoredAlert, nowMs: number): Html {
  const severity = SEVERITIES.find((known) => known === alert.severity) ?? 'info';
  const end = alert.endsAt === null ? nowMs : Date.parse(alert.endsAt);
  return html`<div class="alert ${severity} ${alert.status}">
    <p><span class="sev">${alert.severity || 'no severity'}</span><br /><span class="state">${alert.status}</span></p>
    <p>
      <a href="/alerts/${alert.id}">${alert.alertname}</a>${alert.instance === '' ? '' : ` on ${alert.instance}`}<br />
      ${alert.summary}
    </p>
    <p class="when">
      ${time(alert.startsAt)}<br /><span class="dim">${alert.status === 'firing' ? 'for' : 'lasted'} ${duration(alert.startsAt, end)}</span>
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

/** One alert with everything that is known of it. */
export function alertPage(alert: StoredAlert, nowMs: number): string {
  const { startsAt, endsAt } = alert;
  const ended =
    endsAt === null
      ? `still firing, for ${duration(startsAt, nowMs)}`
      : `${time(endsAt)} (after ${duration(startsAt, Date.parse(endsAt))})`;
  const facts: readonly (readonly [string, string | Html])[] = [
    ['Severity', alert.severity],
    ['State', alert.status],
    ['Since', time(startsAt)],
    ['Ended', ended],
    ['Description', alert.description],
    ['Impact', alert.impact],
    ['Runbook', link(alert.runbook, alert.runbook)],
    ['Graph', link(alert.generatorUrl, 'in Prometheus')],
    ['Alertmanager', link(alert.externalUrl, alert.externalUrl)],
    ['Told by', alert.receivers.join(', ')],
    ['First heard', time(alert.createdAt)],
    ['Last heard', time(alert.updatedAt)],
  ];
  const tableOf = (rows: readonly (readonly [string, string | Html])[]): Html =>
    html`<table>
      ${rows.map(
        ([name, value]) =>
          html`<tr>
            <th>${name}</th>
            <td>${value}</td>
          </tr>`,
      )}
    </table>`;
  return page(
    alert.alertname,
    html`<h1>${alert.alertname}${alert.instance === '' ? '' : ` on ${alert.instance}`}</h1>
      <p>${alert.summary}</p>
      ${tableOf(facts)}
      <h2>Labels</h2>
      ${tableOf(Object.entries(alert.labels))}
      <p class="dim">Fingerprint ${alert.fingerprint} · <a href="/api/v1/alerts/${alert.id}">JSON</a></p>`,
  );
}

/** A page that says what is wrong and where to go. */
export function messagePage(title: string, message: string): string {
  return page(
    title,
    html`<h1>${title}</h1>
      <p>${message}</p>`,
  );
}
