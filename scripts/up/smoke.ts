import { createHash } from 'node:crypto';
import { isDemoTarget } from '../demo/plan.ts';
import { modules } from '../modules/index.ts';
import type { TargetState } from '../clients/prometheus.ts';
import type { Expected } from '../render/expected.ts';
import { error, type Problem } from '../base/problem.ts';

/** Configured addresses of the targets of each job. */
export type ExpectedTargets = ReadonlyMap<string, readonly string[]>;

/** Every target up, and those of each job that were configured. A target that was not scraped yet is a problem too: the caller retries. */
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

function targetFix(job: string, address: string, lastError: string, gateway: string): string {
  if (isDemoTarget(address)) return 'It belongs to the example: npm run demo restarts it, npm run demo -- --stop removes it.';
  if (/no such host|server misbehaving/.test(lastError)) {
    return 'Prometheus cannot resolve the name: add the container’s network to APP_NETWORKS, and use its service name.';
  }
  const module = modules.find(({ name }) => name === job);
  const own = module?.targetFix?.(lastError, gateway);
  if (own !== undefined) return own;
  if (/connection refused/.test(lastError))
    return 'Nothing listens on that port: check the port in the target, and that the program listens on all addresses, not only on localhost.';
  if (/status/.test(lastError)) return 'The path is wrong, or the page needs a login: set __metrics_path__ in the target’s labels.';
  const service = module?.scrapedBy?.(address) ?? module?.essential[0] ?? job;
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

/** What Alertmanager reports as `alertmanager_config_hash` for a configuration: the first 48 bits of its MD5, little-endian. */
export function alertmanagerConfigHash(text: string): number {
  return createHash('md5').update(text).digest().readUIntLE(0, 6);
}

/** Published ports that are bound to another address than configured. */
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

/** A group is first evaluated within its interval after a load. Checks are retried for a minute: too short for a slower group. */
const SLOWEST_AWAITED = 59;

/** Rules that Prometheus has loaded but not evaluated, except in groups that may be evaluated after the checks have ended. */
export function unevaluatedRules(rules: readonly { readonly health: string; readonly interval: number }[]): readonly Problem[] {
  const open = rules.filter(({ health, interval }) => health === 'unknown' && interval <= SLOWEST_AWAITED);
  return open.length === 0 ? [] : [error('Prometheus', `has not evaluated ${open.length} of its rules yet`, 'npm run logs -- prometheus')];
}

/** Rendered names that a service lacks. */
export function absentNames(what: string, expected: readonly string[], present: ReadonlySet<string>, fix: string): readonly Problem[] {
  return expected.filter((name) => !present.has(name)).map((name) => error(`${what} ${name}`, 'is missing', fix));
}
