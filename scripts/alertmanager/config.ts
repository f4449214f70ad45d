/** Part of an Alertmanager configuration that this program reads or writes. */
export interface Route {
  receiver?: string;
  matchers?: string[];
  continue?: boolean;
  routes?: Route[];
  [key: string]: unknown;
}
export type Integration = Record<string, unknown>;
export interface Receiver {
  name: string;
  [configs: `${string}_configs`]: Integration[];
}
export interface AlertmanagerConfig {
  global: Record<string, unknown>;
  route: Route;
  receivers: Receiver[];
  [key: string]: unknown;
}

/** The receiver inside the stack: it needs no configuration and always exists. */
export const HISTORY_RECEIVER = 'history';
