/** What smoke checks query in Grafana. `login` is a user and password for basic authentication. */
export interface GrafanaApi {
  /** HTTP status of a request that needs the login: 200, or 401 if the password is wrong. */
  loginStatus(): Promise<number>;
  dashboardUids(): Promise<ReadonlySet<string>>;
  /** `OK`, or Grafana's error for a data source that does not answer. Sends a small request through it. */
  dataSourceHealth(uid: string, type: string): Promise<string>;
}

/** A cheap request that needs an answer of the data source's server. */
const PROBES: Readonly<Record<string, string>> = {
  prometheus: 'api/v1/query?query=vector(1)',
  loki: 'loki/api/v1/labels',
  alertmanager: 'api/v2/status',
};

const TIMEOUT_MS = 5_000;

/** Grafana's HTTP API at an address such as `http://127.0.0.1:3001`. */
export function grafanaApi(base: string, login: { readonly user: string; readonly password: string }): GrafanaApi {
  const authorization = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const get = async (path: string): Promise<Response> =>
    fetch(`${base}${path}`, { headers: { authorization }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  return {
    loginStatus: async () => (await get('/api/user')).status,
    dashboardUids: async () => {
      const found = (await (await get('/api/search?type=dash-db&limit=5000')).json()) as { uid: string }[];
      return new Set(found.map(({ uid }) => uid));
    },
    dataSourceHealth: async (uid, type) => {
      const response = await get(`/api/datasources/proxy/uid/${uid}/${PROBES[type] ?? ''}`);
      return response.ok ? 'OK' : `HTTP ${response.status} ${(await response.text()).slice(0, 200)}`;
    },
  };
}
