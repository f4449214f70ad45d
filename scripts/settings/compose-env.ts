import type { PlainSettings } from './table.ts';
import type { StackNetwork } from '../engine/subnet.ts';

/** The variables that the checked-in Compose files read. Secrets are not among them: those are files. */
export function composeEnv(settings: PlainSettings, network: StackNetwork): Readonly<Record<string, string>> {
  const keys = [
    'COMPOSE_PROJECT_NAME',
    'BIND_ADDRESS',
    'PUBLIC_HOST',
    'GRAFANA_PORT',
    'PROMETHEUS_PORT',
    'ALERTMANAGER_PORT',
    'HISTORY_PORT',
    'LOKI_PORT',
    'PUSHGATEWAY_PORT',
    'NODE_EXPORTER_PORT',
    'PROMETHEUS_RETENTION_TIME',
    'PROMETHEUS_RETENTION_SIZE',
    'HISTORY_RETENTION_DAYS',
    'GRAFANA_ADMIN_USER',
    'HISTORY_STORE',
    'APPWRITE_ENDPOINT',
    'APPWRITE_PROJECT_ID',
    'APPWRITE_DATABASE_ID',
    'TWILIO_ACCOUNT_SID',
    'TWILIO_FROM',
    'SMS_TO',
  ] as const;
  return { ...Object.fromEntries(keys.map((key) => [key, String(settings[key] ?? '')])), NODE_EXPORTER_ADDRESS: network.gateway };
}

/** The setting that holds a service's published port. */
export function portSetting(service: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_PORT`;
}
