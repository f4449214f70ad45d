import { parse } from 'yaml';
import { addressesOf } from '../settings/addresses.ts';
import { currentSamples, type TimedSample } from './evidence.ts';
import { expectedTargets, type ExpectedTargets } from './smoke.ts';
import { readTree } from '../base/files.ts';
import { prometheusApi } from '../clients/prometheus.ts';
import { stackState } from '../engine/stack-state.ts';
import type { Prepared } from './prepare.ts';
import type { Workplace } from '../engine/workplace.ts';

/** The samples of a job's metric that tell of the exporter and the targets of now, and the addresses that were configured for it. */
export async function currentOf(
  { docker, root }: Workplace,
  { settings, expected }: Prepared,
  job: string,
  metric: string,
): Promise<{ readonly samples: readonly TimedSample[]; readonly addresses: readonly string[] }> {
  const { plain } = settings;
  const prometheus = prometheusApi(addressesOf(plain).prometheus);
  const addresses = expectedTargets(expected, await fileTargets(root)).get(job) ?? [];
  const exporter = (await stackState(docker, plain.COMPOSE_PROJECT_NAME)).find(({ service }) => service === `${job}-exporter`);
  // Targets before samples: a sample that is newer than its target's last scrape counts, an older one does not.
  const targets = await prometheus.targets();
  const samples = await prometheus.timed(metric);
  const startedMs = Date.parse(exporter?.startedAt ?? '');
  return { samples: currentSamples(samples, targets, job, addresses, startedMs), addresses };
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
