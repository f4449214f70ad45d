import { spell, time } from './format.ts';
import { html, type Html } from './html.ts';
import { severityClass } from './pages.ts';
import { isRecord } from './payload.ts';

/** An alert whose condition is true, but not yet for as long as its rule demands. The history stores it only when it fires. */
export interface PendingAlert {
  readonly alertname: string;
  readonly severity: string;
  readonly instance: string;
  readonly summary: string;
  /** Since when the condition is true; ISO 8601. */
  readonly activeAt: string;
  /** The `for` of its rule. */
  readonly holdSeconds: number;
}

/** A page does not wait longer for Prometheus. */
const TIMEOUT_MS = 2000;

/** The parameters with which the list is about now. */
const ABOUT_NOW = ['status', 'limit'];

/** Whether a list is about now, so that what is pending belongs to it. The form of the filters sends those that are not used as empty. */
export function isAboutNow(parameters: URLSearchParams): boolean {
  return [...parameters].every(([name, value]) => value === '' || (ABOUT_NOW.includes(name) && value !== 'resolved'));
}

/** What is pending, by Prometheus; undefined if it does not answer. */
export async function pendingAlerts(prometheusUrl: string): Promise<readonly PendingAlert[] | undefined> {
  try {
    const response = await fetch(`${prometheusUrl}/api/v1/rules?type=alert`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? pendingOf(await response.json()) : undefined;
  } catch {
    return undefined;
  }
}

/** The pending alerts in Prometheus' answer about its rules, the next to fire first. */
export function pendingOf(answer: unknown): readonly PendingAlert[] {
  const groups = isRecord(answer) && isRecord(answer['data']) ? listOf(answer['data']['groups']) : [];
  return groups
    .flatMap((group) => listOf(group['rules']))
    .flatMap((rule) =>
      listOf(rule['alerts'])
        .filter(({ state }) => state === 'pending')
        .map(({ labels, annotations, activeAt }) => ({
          alertname: text(labels, 'alertname'),
          severity: text(labels, 'severity'),
          instance: text(labels, 'instance'),
          summary: text(annotations, 'summary'),
          activeAt: String(activeAt),
          holdSeconds: Number(rule['duration'] ?? 0),
        })),
    )
    .sort((a, b) => firesAt(a) - firesAt(b));
}

const listOf = (value: unknown): readonly Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const text = (of: unknown, name: string): string => (isRecord(of) && typeof of[name] === 'string' ? of[name] : '');
const firesAt = ({ activeAt, holdSeconds }: PendingAlert): number => Date.parse(activeAt) + holdSeconds * 1000;

/** What is pending, above the list. */
export function pendingSection(pending: readonly PendingAlert[] | undefined, nowMs: number): Html {
  if (pending === undefined) return html`<p class="dim">Prometheus does not answer, so pending alerts are not shown.</p>`;
  return html`${pending.map((alert) => {
    const left = Math.max(0, Math.round((firesAt(alert) - nowMs) / 1000));
    return html`<div class="alert pending ${severityClass(alert.severity)}">
      <p class="what"><span class="sev">${alert.severity || 'no severity'}</span> <span class="state">pending</span></p>
      <p>${alert.alertname}${alert.instance === '' ? '' : ` on ${alert.instance}`} <span>${alert.summary}</span></p>
      <p class="when"><span>${time(alert.activeAt)}</span> <span class="dim">fires in ${spell(left)}</span></p>
    </div>`;
  })}`;
}
