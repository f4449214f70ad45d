/** What smoke checks ask of Grafana. `login` is a user and password for basic authentication. */
export interface GrafanaApi {
  /** HTTP status of a request that needs the login: 200, or 401 where the password is not the running one. */
  loginStatus(): Promise<number>;
  dashboardUids(): Promise<ReadonlySet<string>>;
  /** `OK`, or what Grafana says about a data source that does not answer. */
  dataSourceHealth(uid: string): Promise<string>;
}

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
    dataSourceHealth: async (uid) => {
      const response = await get(`/api/datasources/uid/${uid}/health`);
      const { status, message } = (await response.json()) as { status?: string; message?: string };
      return response.ok && status === 'OK' ? 'OK' : (message ?? `HTTP ${response.status}`);
    },
  };
}
