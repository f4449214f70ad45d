import type { ComposeModel, ComposeService } from '../base/compose-model.ts';
import { error, type Problem } from '../base/problem.ts';
import { modules } from '../modules/index.ts';
import type { Exemptions } from '../modules/parts.ts';

/** Limits of the core, together: Prometheus 512, Grafana 512, Alertmanager 256, exporters 256 MiB. */
const CORE_MEMORY_BYTES = 1536 * 1024 ** 2;
const CORE = modules.flatMap(({ budgeted = [] }) => budgeted);

const exempt = (rule: keyof Exemptions, service: string): boolean =>
  modules.some(({ exemptions }) => exemptions?.[rule] !== undefined && service in exemptions[rule]);

type Check = (name: string, service: ComposeService, bindAddress: string) => string | undefined;

const list = (service: ComposeService, key: string): readonly unknown[] => (Array.isArray(service[key]) ? (service[key] as unknown[]) : []);

/** What must hold for every service; the sentence follows the service's name if it does not. */
const CHECKS: readonly Check[] = [
  (_, service) => (service['read_only'] === true ? undefined : 'can write to its root file system (read_only: true is missing)'),
  (_, service) => (list(service, 'cap_drop').includes('ALL') ? undefined : 'keeps capabilities (cap_drop: [ALL] is missing)'),
  (_, service) =>
    list(service, 'security_opt').includes('no-new-privileges:true')
      ? undefined
      : 'may gain privileges (security_opt no-new-privileges:true is missing)',
  (_, service) => (service['privileged'] === true ? 'is privileged' : undefined),
  (_, service) => (Number(service.mem_limit ?? 0) > 0 ? undefined : 'has no memory limit (mem_limit)'),
  (_, service) => (Number(service['mem_reservation'] ?? 0) > 0 ? undefined : 'has no memory reservation (mem_reservation)'),
  (_, service) => (Number(service['pids_limit'] ?? 0) > 0 ? undefined : 'has no limit of processes (pids_limit)'),
  (_, service) => (service.healthcheck?.test !== undefined ? undefined : 'has no health check'),
  (_, service) => (service['restart'] === 'unless-stopped' ? undefined : 'does not restart when it exits (restart: unless-stopped)'),
  (_, service) => (typeof service['stop_grace_period'] === 'string' ? undefined : 'has no stop_grace_period'),
  (_, service) => {
    const options = (service['logging'] as { options?: Record<string, string> } | undefined)?.options ?? {};
    return options['max-size'] !== undefined && options['max-file'] !== undefined
      ? undefined
      : 'has unlimited logs (logging: max-size and max-file)';
  },
  (_, { image }) =>
    /^[^:]+(:\d+\/[^:]+)?:[^:]+$/.test(image) && !image.endsWith(':latest')
      ? undefined
      : `has an image without a pinned version (${image})`,
  (name, service) => (isRoot(service) && !exempt('root', name) ? 'runs as root' : undefined),
  (name, service) => (service.network_mode === 'host' && !exempt('hostNetwork', name) ? 'is in the network of the host' : undefined),
  (name, service) =>
    mountsSocket(service) && !exempt('socket', name) ? 'mounts the Docker socket; use docker-socket-proxy instead' : undefined,
  (_, { ports = [] }, bindAddress) => {
    const open = ports.find(({ host_ip: address }) => address !== bindAddress);
    return open === undefined
      ? undefined
      : `publishes port ${open.published ?? open.target} on ${open.host_ip ?? 'every address'} instead of BIND_ADDRESS (${bindAddress})`;
  },
];

function isRoot(service: ComposeService): boolean {
  const user = String(service['user'] ?? 'root');
  return /^(0|root)(:|$)/.test(user);
}

function mountsSocket({ volumes = [] }: ComposeService): boolean {
  return volumes.some(({ source = '' }) => source.endsWith('docker.sock'));
}

/** Violations of this stack's rules in a Compose model. They also apply to the user's own services. */
export function composeProblems(model: ComposeModel, bindAddress: string): readonly Problem[] {
  const services = Object.entries(model.services).flatMap(([name, service]) =>
    CHECKS.flatMap((check) => {
      const message = check(name, service, bindAddress);
      return message === undefined
        ? []
        : [error(`service ${name}`, message, 'extends: { file: exporters/service.yml, service: base } provides what every service needs.')];
    }),
  );
  const core = CORE.reduce((sum, name) => sum + Number(model.services[name]?.mem_limit ?? 0), 0);
  const memory =
    core <= CORE_MEMORY_BYTES
      ? []
      : [
          error(
            'docker-compose.yml',
            `gives the core ${Math.round(core / 1024 ** 2)} MiB of memory together, more than 1536`,
            'Lower a mem_limit.',
          ),
        ];
  return [...services, ...memory];
}
