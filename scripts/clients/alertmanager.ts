import { parseMetrics, type Metric } from '../base/metrics-text.ts';
import { getJson, getText, send } from '../base/http.ts';

/** An alert as Alertmanager lists it. */
export interface HeldAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: {
    readonly state: 'active' | 'suppressed' | 'unprocessed';
    readonly silencedBy: readonly string[];
    readonly inhibitedBy: readonly string[];
  };
}

/** One condition of a silence. */
export interface SilenceMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** What a new silence is made of. */
export interface NewSilence {
  readonly matchers: readonly SilenceMatcher[];
  /** ISO 8601, as is `endsAt`. */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

/** A silence as Alertmanager lists it. */
export interface Silence extends NewSilence {
  readonly id: string;
  readonly status: { readonly state: 'active' | 'pending' | 'expired' };
}

/** The parts of Alertmanager's HTTP API that the commands use. Every call throws if it does not answer. */
export interface AlertmanagerApi {
  metrics(): Promise<readonly Metric[]>;
  alerts(): Promise<readonly HeldAlert[]>;
  silenceEnd(id: string): Promise<string>;
  /** All silences that it remembers, those that are over included. */
  silences(): Promise<readonly Silence[]>;
  /** Creates a silence; returns its id. */
  silence(silence: NewSilence): Promise<string>;
  endSilence(id: string): Promise<void>;
  /** Reloads its configuration; throws with its error if it refuses. */
  reload(): Promise<void>;
}

/** Alertmanager at an address such as `http://127.0.0.1:9093`. */
export function alertmanagerApi(base: string): AlertmanagerApi {
  return {
    metrics: async () => parseMetrics(await getText(`${base}/metrics`)),
    alerts: async () => getJson<HeldAlert[]>(`${base}/api/v2/alerts`),
    silenceEnd: async (id) => (await getJson<{ endsAt: string }>(`${base}/api/v2/silence/${encodeURIComponent(id)}`)).endsAt,
    silences: async () => getJson<Silence[]>(`${base}/api/v2/silences`),
    silence: async (silence) => (JSON.parse(await send('POST', `${base}/api/v2/silences`, silence)) as { silenceID: string }).silenceID,
    endSilence: async (id) => void (await send('DELETE', `${base}/api/v2/silence/${encodeURIComponent(id)}`)),
    reload: async () => void (await send('POST', `${base}/-/reload`)),
  };
}
