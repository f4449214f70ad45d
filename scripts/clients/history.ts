import { getJson, getText, send } from '../base/http.ts';

/** A row of the alert history. */
interface HistoryAlert {
  readonly id: string | number;
  readonly alertname: string;
  readonly status: 'firing' | 'resolved';
  readonly startsAt: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly receivers?: readonly string[];
}

/** The parts of the history service's API that the commands use. */
export interface HistoryApi {
  ready(): Promise<void>;
  /** Rows whose alert has the label value, newest first. */
  find(label: string, value: string): Promise<readonly HistoryAlert[]>;
  raiseTestAlert(labels: Readonly<Record<string, string>>, ttlSeconds: number): Promise<void>;
  endTestAlert(nonce: string): Promise<void>;
}

/** The history service at an address such as `http://127.0.0.1:9095`. */
export function historyApi(base: string): HistoryApi {
  return {
    ready: async () => void (await getText(`${base}/-/ready`)),
    find: async (label, value) =>
      (await getJson<{ alerts: HistoryAlert[] }>(`${base}/api/v1/alerts?label=${encodeURIComponent(`${label}=${value}`)}`)).alerts,
    raiseTestAlert: async (labels, ttlSeconds) => void (await send('POST', `${base}/api/v1/test-alerts`, { labels, ttlSeconds })),
    endTestAlert: async (nonce) => void (await send('DELETE', `${base}/api/v1/test-alerts/${encodeURIComponent(nonce)}`)),
  };
}
