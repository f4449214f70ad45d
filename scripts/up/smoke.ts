import { createHash } from 'node:crypto';
import { isDemoTarget } from '../demo/plan.ts';
import type { Expected } from '../render/tree.ts';
import { error, warning, type Problem } from '../base/problem.ts';

/** One active target as `/api/v1/targets` tells it. */
export interface TargetState {
  readonly job: string;
  /** The job of the configuration that it belongs to: another one where its target file sets the label `job`. */
  readonly pool: string;
  readonly instance: string;
  /** The address as it was configured, before relabelling. */
  readonly address: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

/** Configured addresses of the targets of each job. */
export type ExpectedTargets = ReadonlyMap<string, readonly string[]>;

/** Every target up, and those of each job that were configured. A target that was not scraped yet is a problem too: the caller tries again. */
export function targetProblems(expected: ExpectedTargets, targets: readonly TargetState[], gateway: string): readonly Problem[] {
  const counts = [...expected].flatMap(([job, addresses]) => {
    const found = targets.filter((target) => target.pool === job).map(({ address }) => address);
    const missing = addresses.filter((address) => !found.includes(address));
    const foreign = found.filter((address) => !addresses.includes(address));
    const differences = [...missing.map((address) => `${address} is missing`), ...foreign.map((address) => `${address} is not configured`)];
    if (differences.length > 0) return [error(`job ${job}`, differences.join(', '), 'npm run reload')];
    if (found.length !== addresses.length)
      return [error(`job ${job}`, `has ${found.length} targets, ${addresses.length} were configured`, 'npm run reload')];
    return [];
  });
  const down = targets.flatMap(({ job, instance, address, health, lastError }) => {
    if (health === 'up') return [];
    const why = health === 'unknown' ? 'has not been scraped yet' : `is down: ${lastError}`;
    return [error(`target ${job}/${instance}`, why, targetFix(job, address, lastError, gateway))];
  });
  return [...counts, ...down];
}

/** The service whose log tells of a target, where it is called otherwise than the job. */
const SERVICES: Readonly<Record<string, string>> = {
  apps: 'prometheus',
  node: 'node-exporter',
  postgres: 'postgres-exporter',
  redis: 'redis-exporter',
  vector: 'vector-exporter',
  blackbox: 'blackbox-exporter',
};

function targetFix(job: string, address: string, lastError: string, gateway: string): string {
  if (isDemoTarget(address)) return 'It belongs to the example: npm run demo starts it again, npm run demo -- --stop ends watching it.';
  if (/no such host|server misbehaving/.test(lastError)) {
    return 'Prometheus cannot resolve the name: add the network on which the container lives to APP_NETWORKS, and use its service name.';
  }
  if (job === 'node' && /deadline exceeded|no route|refused/.test(lastError)) {
    return `A host firewall may block the way from the stack's network: sudo ufw allow from ${gateway.replace(/\.\d+$/, '.0/24')} to ${gateway}`;
  }
  if (/connection refused/.test(lastError))
    return 'Nothing listens on that port: see the port in the target, and whether the program listens on all addresses and not only on localhost.';
  if (/status/.test(lastError)) return 'The path is wrong, or the page needs a login: set __metrics_path__ in the target’s labels.';
  // cAdvisor and container exporter share a job.
  const service = job === 'containers' ? (address.split(/[.:]/)[0] ?? job) : (SERVICES[job] ?? job);
  return `Prometheus shows it under /targets; npm run logs -- ${service}`;
}

/** The targets of each job: rendered ones, and those of the user's target files. */
export function expectedTargets(expected: Expected, fileTargets: ExpectedTargets): ExpectedTargets {
  return new Map(
    [...expected.targets].map(([job, addresses]) => [
      job,
      [...addresses, ...(expected.fileJobs.includes(job) ? (fileTargets.get(job) ?? []) : [])],
    ]),
  );
}

/** Whether an exporter's log tells of a database that answered and said no: it says no again until somebody changes something. */
export function isRefusal(log: string): boolean {
  return /password authentication failed|role .* does not exist|no pg_hba\.conf entry|SSL is not enabled|WRONGPASS|NOAUTH|NOPERM/.test(log);
}

/** A database that the exporter reached but that refused it, from `pg_up`/`redis_up` being 0 and the exporter's log. */
export function refusedProblem(module: 'postgres' | 'redis', instance: string, user: string, log: string): Problem {
  const place = `${module} ${instance}`;
  if (module === 'redis') {
    const fix = /WRONGPASS|NOAUTH|invalid password/i.test(log)
      ? `Put its password into secrets/redis_${instance}_password, then npm run up`
      : 'See that the address in REDIS_INSTANCES is right and its network is in APP_NETWORKS.';
    return error(place, `does not answer the exporter${reason(log)}`, fix);
  }
  if (/password authentication failed|role .* does not exist/.test(log)) {
    return error(
      place,
      `refuses ${user}${reason(log)}`,
      `Run as a superuser of that server, with the password from secrets/postgres_${instance}_password:\n` +
        `CREATE ROLE ${user} LOGIN CONNECTION LIMIT 5;  -- if it is not there yet\n` +
        `ALTER ROLE ${user} PASSWORD '<the password>';\nGRANT pg_monitor TO ${user};`,
    );
  }
  if (/no pg_hba.conf entry/.test(log))
    return error(
      place,
      `refuses the connection${reason(log)}`,
      `Add to its pg_hba.conf, then SELECT pg_reload_conf():\nhost all ${user} samenet scram-sha-256`,
    );
  if (/SSL is not enabled/.test(log))
    return error(place, 'does not speak TLS', 'Add ?sslmode=disable to its address in POSTGRES_INSTANCES.');
  return error(
    place,
    `does not answer the exporter${reason(log)}`,
    'See that the address in POSTGRES_INSTANCES is right and its network is in APP_NETWORKS.',
  );
}

function reason(log: string): string {
  const found = /(pq: [^"\\]+|FATAL:[^"\\]+|WRONGPASS[^"\\]*|NOAUTH[^"\\]*|dial tcp[^"\\]+|no such host)/.exec(log)?.[1];
  return found === undefined ? '' : ` (${found.trim()})`;
}

/** What Alertmanager reports as `alertmanager_config_hash` for a configuration: the first 48 bits of its MD5, little-endian. */
export function alertmanagerConfigHash(text: string): number {
  return createHash('md5').update(text).digest().readUIntLE(0, 6);
}

/** Endpoints that do not answer: worth a line, but it is the user's endpoint and not this stack that is down. */
export function failedProbes(instances: readonly string[]): readonly Problem[] {
  return instances.map((instance) =>
    warning(`endpoint ${instance}`, 'does not answer as expected; EndpointDown will fire', 'npm run logs -- blackbox-exporter'),
  );
}

/** Published ports that are bound to another address than asked for. */
export function bindingProblems(
  bindings: readonly { readonly service: string; readonly address: string; readonly port: number }[],
  asked: string,
): readonly Problem[] {
  return bindings
    .filter(({ address }) => address !== asked)
    .map(({ service, address, port }) =>
      error(`service ${service}`, `publishes port ${port} on ${address}, but BIND_ADDRESS is ${asked}`, 'npm run up'),
    );
}

/** A group is first evaluated within its interval after a load. Checks are tried for a minute: of a slower group nothing can be said by then. */
const SLOWEST_AWAITED = 59;

/** Rules that Prometheus has loaded and not evaluated, but for those of groups whose turn may come after the checks have ended. */
export function unevaluatedRules(rules: readonly { readonly health: string; readonly interval: number }[]): readonly Problem[] {
  const open = rules.filter(({ health, interval }) => health === 'unknown' && interval <= SLOWEST_AWAITED);
  return open.length === 0 ? [] : [error('Prometheus', `has not evaluated ${open.length} of its rules yet`, 'npm run logs -- prometheus')];
}

/** Running containers of the host that the metrics do not show; `source` is the service that has to show them. */
export function invisibleContainers(running: readonly string[], visible: ReadonlySet<string>, source: string): readonly Problem[] {
  return running
    .filter((name) => !visible.has(name))
    .map((name) => error(`container ${name}`, `runs, but ${source} shows no metrics of it`, `npm run logs -- ${source}`));
}

/** Names that were rendered and that a service does not have. */
export function absentNames(what: string, expected: readonly string[], present: ReadonlySet<string>, fix: string): readonly Problem[] {
  return expected.filter((name) => !present.has(name)).map((name) => error(`${what} ${name}`, 'is not there', fix));
}
