import * as kind from '../base/kinds.ts';
import { setting, type Values } from '../base/setting.ts';
import { MODULE_NAMES, MODULE_SETTINGS, modules } from '../modules/index.ts';
import { appwriteId } from './appwrite.ts';
import { serverOfHost } from './server-of-host.ts';
import { accountSid, smsNumbers, smsSender } from './twilio.ts';

const DEFAULT_MODULES = modules.flatMap(({ name, isDefault }) => (isDefault === true ? [name] : []));

/** Settings of the stack itself. What each does, when to change it and what breaks is in `.env.example`; a test keeps the two equal. */
const STACK_SETTINGS = {
  COMPOSE_PROJECT_NAME: setting(kind.projectName, 'pharos'),
  COMPOSE_FILE: setting(kind.text, '.effective/compose.yml'),
  MODULES: setting(kind.without(kind.listOf(kind.wordOf(...MODULE_NAMES)), 'stack'), DEFAULT_MODULES.join(',')),
  CLUSTER_NAME: setting(kind.optional(kind.host), ''),
  SERVER_NAME: setting(kind.optional(kind.host), ''),
  TARGET_SERVERS: setting(
    kind.listOf(serverOfHost, ({ host }) => host),
    '',
  ),
  ALERT_DEPLOYMENT_MINUTES: setting(kind.integer(1, 60, 'minutes'), '3'),
  BIND_ADDRESS: setting(kind.address, '127.0.0.1'),
  PUBLIC_HOST: setting(kind.host, '127.0.0.1'),
  GRAFANA_PORT: setting(kind.port, '3001'),
  PROMETHEUS_PORT: setting(kind.port, '9090'),
  ALERTMANAGER_PORT: setting(kind.port, '9093'),
  HISTORY_PORT: setting(kind.port, '9095'),
  APP_NETWORKS: setting(kind.listOf(kind.text), ''),
  STACK_SUBNET: setting(kind.optional(kind.subnet), ''),
  PROMETHEUS_RETENTION_TIME: setting(kind.duration, '30d'),
  PROMETHEUS_RETENTION_SIZE: setting(kind.size, '10GB'),
  HISTORY_RETENTION_DAYS: setting(kind.integer(1, 3650, 'days'), '365'),
  HISTORY_STORE: setting(kind.oneOf('sqlite', 'appwrite'), 'sqlite'),
  APPWRITE_ENDPOINT: setting(kind.optional(kind.url), ''),
  APPWRITE_PROJECT_ID: setting(appwriteId, ''),
  APPWRITE_DATABASE_ID: setting(appwriteId, 'pharos'),
  GRAFANA_ADMIN_USER: setting(kind.userName, 'admin'),
  TWILIO_ACCOUNT_SID: setting(accountSid, ''),
  TWILIO_FROM: setting(smsSender, ''),
  SMS_TO: setting(smsNumbers, ''),
  DEBIAN_MIRROR: setting(kind.url, 'http://deb.debian.org/debian'),
} as const;

/** Every plain setting: those of the stack, and those of its modules. */
export const SETTINGS = { ...STACK_SETTINGS, ...MODULE_SETTINGS };

/** Settings that hold a published port. */
export const PORT_SETTINGS: readonly string[] = [
  'GRAFANA_PORT',
  'PROMETHEUS_PORT',
  'ALERTMANAGER_PORT',
  'HISTORY_PORT',
  ...modules.flatMap(({ ports = [] }) => ports),
];

/** The typed value of every plain setting. */
export type PlainSettings = Values<typeof SETTINGS>;
