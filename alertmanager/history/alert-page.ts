import { secondsBetween, type StoredAlert } from './alert.ts';
import { duration, spell, time } from './format.ts';
import { html, link, type Html } from './html.ts';
import { page } from './page.ts';
import { severityClass } from './pages.ts';
import type { Timeline, TimelineEntry } from './timeline.ts';

/** One alert with all details. */
export function alertPage(alert: StoredAlert, story: Timeline, nowMs: number): string {
  const { startsAt, endsAt } = alert;
  const ended =
    endsAt === null
      ? `still firing, for ${duration(startsAt, nowMs)}`
      : `${time(endsAt)} (after ${duration(startsAt, Date.parse(endsAt))})`;
  const facts: readonly (readonly [string, string | Html])[] = [
    ['Description', alert.description],
    ['Impact', alert.impact],
    ['Since', time(startsAt)],
    ['Ended', ended],
    ['Acknowledged', acknowledged(alert)],
  ];
  const origin: readonly (readonly [string, string | Html])[] = [
    ['Alertmanager', linkOrNone(alert.externalURL, alert.externalURL)],
    ['Group', alert.groupKey],
    ['Fingerprint', alert.fingerprint],
    ['First heard', time(alert.createdAt)],
    ['Last heard', time(alert.updatedAt)],
  ];
  return page(
    alert.alertname,
    html`<h1>${alert.alertname}${alert.instance === '' ? '' : ` on ${alert.instance}`}</h1>
      <p class="${severityClass(alert.severity)} ${alert.status}">
        <span class="sev">${alert.severity || 'no severity'}</span> <span class="state">${alert.status}</span>
      </p>
      <p>${alert.summary}</p>
      <p class="links">${linksOf(alert)}</p>
      ${tableOf(facts.filter(([, value]) => value !== ''))}
      <h2>Who was notified, and who was not</h2>
      ${story.answer.map((sentence) => html`<p>${sentence}</p>`)}
      <ol class="story">
        ${story.entries.map(entry)}
      </ol>
      <h2>Labels</h2>
      ${tableOf(Object.entries(alert.labels))}
      <h2>Where it came from</h2>
      ${tableOf(origin.filter(([, value]) => value !== ''))}
      <details>
        <summary>As Alertmanager sent it</summary>
        <pre>${JSON.stringify(alert.raw, null, 2)}</pre>
      </details>
      <p class="dim">
        <a href="/api/v1/alerts/${alert.id}">JSON</a> · <a href="/api/v1/alerts/${alert.id}/timeline">its story as JSON</a>
      </p>`,
  );
}

/** Links for the next steps. The silence is prefilled with all labels, so that it covers this alert and no other. */
function linksOf({ runbook, generatorURL, externalURL, labels }: StoredAlert): readonly Html[] {
  const matchers = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const silence = externalURL === '' ? '' : `${externalURL}/#/silences/new?filter=${encodeURIComponent(`{${matchers.join(',')}}`)}`;
  const places = [
    ['Runbook', runbook],
    ['Graph', generatorURL],
    ['Silence', silence],
  ] as const;
  return places.flatMap(([name, address]) => (address === '' ? [] : [html`${link(address, name)} `]));
}

const linkOrNone = (address: string, text: string): string | Html => (address === '' ? '' : link(address, text));

function entry({ at, until, kind, text, by }: TimelineEntry): Html {
  const end =
    until === undefined
      ? undefined
      : html`<br /><span class="dim">until ${at.slice(0, 10) === until.slice(0, 10) ? time(until).slice(11) : time(until)}</span>`;
  const others = (by ?? []).map((fingerprint) => html` <a href="/?fingerprint=${fingerprint}">See it.</a>`);
  return html`<li class="${kind}"><span class="when">${time(at)}${end}</span> <span>${text}${others}</span></li>`;
}

/** Who handles it, or the form to acknowledge it. */
function acknowledged({ id, startsAt, acknowledgedAt, acknowledgedBy }: StoredAlert): Html {
  if (acknowledgedAt !== null)
    return html`by ${acknowledgedBy ?? ''} at ${time(acknowledgedAt)} (after ${spell(secondsBetween(startsAt, acknowledgedAt) ?? 0)})`;
  return html`<form method="post" action="/alerts/${id}/acknowledge">
    <input name="by" placeholder="your name" aria-label="your name" autocomplete="name" maxlength="100" required />
    <button>I am on it</button>
  </form>`;
}

function tableOf(rows: readonly (readonly [string, string | Html])[]): Html {
  return html`<table>
    ${rows.map(
      ([name, value]) =>
        html`<tr>
          <th>${name}</th>
          <td>${value}</td>
        </tr>`,
    )}
  </table>`;
}
