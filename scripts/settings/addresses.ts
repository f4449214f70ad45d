import type { PlainSettings } from './table.ts';

/** The addresses of the services' pages on this host. */
export interface Addresses {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly history: string;
  readonly grafana: string;
}

/** The addresses at which the published ports answer from this host. */
export function addressesOf(settings: PlainSettings): Addresses {
  const at = (port: number): string => publishedAt(settings, port);
  return {
    prometheus: at(settings.PROMETHEUS_PORT),
    alertmanager: at(settings.ALERTMANAGER_PORT),
    history: at(settings.HISTORY_PORT),
    grafana: at(settings.GRAFANA_PORT),
  };
}

/** The address at which a published port answers from this host. */
export function publishedAt({ BIND_ADDRESS: bind }: Pick<PlainSettings, 'BIND_ADDRESS'>, port: number): string {
  const host = bind === '0.0.0.0' || bind === '::' ? '127.0.0.1' : bind.includes(':') ? `[${bind}]` : bind;
  return `http://${host}:${port}`;
}
