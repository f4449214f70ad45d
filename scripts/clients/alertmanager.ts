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

/** The parts of Alertmanager's HTTP API that the commands use. Every call throws if it does not answer. */
export interface AlertmanagerApi {
  metrics(): Promise<readonly Metric[]>;
  alerts(): Promise<readonly HeldAlert[]>;
  silenceEnd(id: string): Promise<string>;
  /** Reloads its configuration; throws with its error if it refuses. */
  reload(): Promise<void>;
}

/** Alertmanager at an address such as `http://127.0.0.1:9093`. */
export function alertmanagerApi(base: string): AlertmanagerApi {
  return {
    metrics: async () => parseMetrics(await getText(`${base}/metrics`)),
    alerts: async () => getJson<HeldAlert[]>(`${base}/api/v2/alerts`),
    silenceEnd: async (id) => (await getJson<{ endsAt: string }>(`${base}/api/v2/silence/${encodeURIComponent(id)}`)).endsAt,
    reload: async () => void (await send('POST', `${base}/-/reload`)),
  };
}
