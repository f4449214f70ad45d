import type { StackNetwork } from '../base/subnet.ts';
import type { PlainSettings } from './table.ts';

/** They select Compose's files and project, which are passed as arguments. */
const NOT_VARIABLES: ReadonlySet<string> = new Set(['COMPOSE_FILE']);

/** The variables of the checked-in Compose files: every setting that is a single value. Secrets are files and not among them. */
export function composeEnv(settings: PlainSettings, network: StackNetwork): Readonly<Record<string, string>> {
  const values = Object.entries(settings).filter(([key, value]) => typeof value !== 'object' && !NOT_VARIABLES.has(key));
  return { ...Object.fromEntries(values.map(([key, value]) => [key, String(value ?? '')])), STACK_GATEWAY: network.gateway };
}

/** The setting that holds a service's published port. */
export function portSetting(service: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_PORT`;
}
