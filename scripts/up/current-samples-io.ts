import type Docker from 'dockerode';
import { parse } from 'yaml';
import { readTree } from '../base/files.ts';
import type { PrometheusApi } from '../clients/prometheus.ts';
import { stackState } from '../engine/stack-state.ts';
import type { Current } from '../modules/check.ts';
import { currentSamples } from './evidence.ts';
import type { Prepared } from './prepare.ts';
import { expectedTargets, type ExpectedTargets } from './smoke.ts';

interface Source {
  readonly docker: Docker;
  readonly root: string;
  readonly prepared: Prepared;
  readonly prometheus: PrometheusApi;
}

/** The samples of a job's metric from its current exporter and targets, and its configured addresses. */
export async function currentOf(
  { docker, root, prepared: { settings, expected }, prometheus }: Source,
  job: string,
  exporter: string,
  metric: string,
): Promise<Current> {
  const addresses = expectedTargets(expected, await fileTargets(root)).get(job) ?? [];
  const container = (await stackState(docker, settings.plain.COMPOSE_PROJECT_NAME)).find(({ service }) => service === exporter);
  // Targets before samples: a sample that is newer than its target's last scrape counts, an older one does not.
  const targets = await prometheus.targets();
  const samples = await prometheus.timed(metric);
  const startedMs = Date.parse(container?.startedAt ?? '');
  return { samples: currentSamples(samples, targets, { job, addresses, startedMs }), addresses };
}

/** Addresses in the user's target files, per job. */
export async function fileTargets(root: string): Promise<ExpectedTargets> {
  const addresses = new Map<string, readonly string[]>();
  for (const [path, text] of await readTree(root, 'prometheus/targets')) {
    const [, , job = '', file = ''] = path.split('/');
    if (!/^[^.].*\.ya?ml$/.test(file)) continue;
    const groups = (parse(text) ?? []) as { targets?: string[] }[];
    addresses.set(job, [...(addresses.get(job) ?? []), ...groups.flatMap((group) => group.targets ?? [])]);
  }
  return addresses;
}
