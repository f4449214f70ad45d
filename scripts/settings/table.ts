import { appwriteId } from './appwrite.ts';
import { instanceOf, type Instance } from './instances.ts';
import * as kind from './kinds.ts';
import type { Kind } from './kinds.ts';
import { accountSid, smsNumbers, smsSender } from './twilio.ts';
import { vectorItem } from '../modules/vector/databases.ts';

/** One setting of `.env`: how its text is read, and the text that stands for it when the line is missing. */
export interface Setting<T> {
  readonly kind: Kind<T>;
  readonly fallback: string;
}

function setting<T>(of: Kind<T>, fallback: string): Setting<T> {
  return { kind: of, fallback };
}

/** The modules that `MODULES` turns on. `stack` is always on, whether `MODULES` names it or not. */
export const MODULE_NAMES = [
  'node',
  'containers',
  'postgres',
  'redis',
  'vector',
  'blackbox',
  'apps',
  'logs',
  'pushgateway',
  'security',
] as const;
export type ModuleName = (typeof MODULE_NAMES)[number];

/** Every plain setting. What each does, when to change it and what breaks stands in `.env.example`; a test keeps the two equal. */
export const SETTINGS = {
  COMPOSE_PROJECT_NAME: setting(kind.projectName, 'pharos'),
  COMPOSE_FILE: setting(kind.text, '.effective/compose.yml'),
  MODULES: setting(kind.without(kind.listOf(kind.wordOf(...MODULE_NAMES)), 'stack'), 'node,containers,blackbox,apps,logs'),
  CLUSTER_NAME: setting(kind.optional(kind.host), ''),
  SERVER_NAME: setting(kind.optional(kind.host), ''),
  BIND_ADDRESS: setting(kind.address, '127.0.0.1'),
  PUBLIC_HOST: setting(kind.host, '127.0.0.1'),
  GRAFANA_PORT: setting(kind.port, '3001'),
  PROMETHEUS_PORT: setting(kind.port, '9090'),
  ALERTMANAGER_PORT: setting(kind.port, '9093'),
  HISTORY_PORT: setting(kind.port, '9095'),
  LOKI_PORT: setting(kind.port, '3100'),
  PUSHGATEWAY_PORT: setting(kind.port, '9091'),
  NODE_EXPORTER_PORT: setting(kind.port, '9100'),
  APP_NETWORKS: setting(kind.listOf(kind.text), ''),
  STACK_SUBNET: setting(kind.optional(kind.subnet), ''),
  POSTGRES_INSTANCES: setting(kind.listOf(instanceOf('postgres'), nameOf), ''),
  VECTOR_INSTANCES: setting(
    kind.listOf(vectorItem, ({ target }) => target),
    '',
  ),
  REDIS_INSTANCES: setting(kind.listOf(instanceOf('redis'), nameOf), ''),
  BLACKBOX_TARGETS: setting(kind.listOf(kind.url), ''),
  SECURITY_CERTIFICATES: setting(kind.listOf(kind.hostPath), ''),
  CONTAINER_METRICS: setting(kind.oneOf('cadvisor', 'engine'), 'cadvisor'),
  LOG_SHIPPER: setting(kind.oneOf('alloy', 'promtail'), 'alloy'),
  PROMETHEUS_RETENTION_TIME: setting(kind.duration, '30d'),
  PROMETHEUS_RETENTION_SIZE: setting(kind.size, '10GB'),
  LOKI_RETENTION_DAYS: setting(kind.integer(1, 3650, 'days'), '14'),
  HISTORY_RETENTION_DAYS: setting(kind.integer(1, 3650, 'days'), '365'),
  HISTORY_STORE: setting(kind.oneOf('sqlite', 'appwrite'), 'sqlite'),
  APPWRITE_ENDPOINT: setting(kind.optional(kind.url), ''),
  APPWRITE_PROJECT_ID: setting(appwriteId, ''),
  APPWRITE_DATABASE_ID: setting(appwriteId, 'pharos'),
  ALERT_CPU_THRESHOLD: setting(kind.percent, '80'),
  ALERT_MEMORY_THRESHOLD: setting(kind.percent, '80'),
  ALERT_ERROR_RATE_THRESHOLD: setting(kind.percent, '1'),
  GRAFANA_ADMIN_USER: setting(kind.userName, 'admin'),
  TWILIO_ACCOUNT_SID: setting(accountSid, ''),
  TWILIO_FROM: setting(smsSender, ''),
  SMS_TO: setting(smsNumbers, ''),
  DEBIAN_MIRROR: setting(kind.url, 'http://deb.debian.org/debian'),
} as const;

function nameOf(instance: Instance): string {
  return instance.name;
}

type Value<S> = S extends Setting<infer T> ? T : never;

/** The typed value of every plain setting. */
export type PlainSettings = { readonly [K in keyof typeof SETTINGS]: Value<(typeof SETTINGS)[K]> };
