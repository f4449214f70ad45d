import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { contractOf, type Captured } from './contract-of.ts';
import type { ContractSource } from '../../../scripts/modules/parts.ts';
import type { Contract } from '../../../scripts/rules/contract.ts';
import { readExposed } from './read-exposed.ts';
import { stackState } from '../../../scripts/engine/stack-state.ts';

/** The slowest figures come once a minute; what has not come within two of their intervals does not come. */
const QUIET_MS = 120_000;
/** Prometheus has nothing new more often than it scrapes. */
const LOOK_MS = 15_000;
/** Even where something new comes all the time. */
const LONGEST_MS = 420_000;

export interface CaptureFrom {
  readonly docker: Docker;
  /** Prometheus' address. */
  readonly prometheus: string;
  /** Compose projects whose services are listed with their image. */
  readonly projects: readonly string[];
  /** Of the stack's own exporters. */
  readonly version: string;
  /** Seconds since 1970: what was there before is left out. */
  readonly since: number;
  /** Labels by which rules and dashboards pick series, by metric. */
  readonly picked: ReadonlyMap<string, ReadonlySet<string>>;
  /** Milliseconds without anything new, after which nothing new is expected; 2 minutes where it is left out. */
  readonly quietMs?: number;
}

/** Waits until nothing new appears, then makes a contract of each source whose service runs. */
export async function captureContracts(from: CaptureFrom, sources: readonly ContractSource[]): Promise<readonly Contract[]> {
  const images = await imagesOf(from);
  const present = sources.filter(({ service }) => images.has(service));
  const look = async (): Promise<readonly Captured[]> =>
    Promise.all(present.map(async ({ target, series }) => readExposed(from.prometheus, target, series, from.since)));
  const captured = await settled(look, from.quietMs ?? QUIET_MS);
  return present.flatMap((source, index) => {
    const seen = captured[index];
    const image = images.get(source.service) ?? '';
    return seen === undefined || seen.series.length === 0 ? [] : [contractOf(headOf(source, image, from.version), seen, from.picked)];
  });
}

function headOf(source: ContractSource, image: string, stackVersion: string): Omit<Contract, 'metrics' | 'targetLabels'> {
  const { exporter, job, own, setting, replaces } = source;
  const version = own === true ? stackVersion : (/:v?(\d[\w.]*?)(?:-\w+)?$/.exec(image)?.[1] ?? '');
  return { exporter, version, image, ...(setting === undefined ? {} : { setting }), ...(replaces === undefined ? {} : { replaces }), job };
}

async function imagesOf({ docker, projects }: CaptureFrom): Promise<ReadonlyMap<string, string>> {
  const states = await Promise.all(projects.map(async (project) => stackState(docker, project)));
  return new Map(
    states
      .flat()
      .filter(({ state }) => state === 'running')
      .map(({ service, image }) => [service, image]),
  );
}

async function settled(look: () => Promise<readonly Captured[]>, quietMs: number): Promise<readonly Captured[]> {
  const start = Date.now();
  let grown = start;
  let known = 0;
  for (;;) {
    const seen = await look();
    const shapes = new Set(
      seen.flatMap(({ series }) => series.map((labels) => `${labels['__name__']} ${Object.keys(labels).sort().join()}`)),
    );
    if (shapes.size > known) grown = Date.now();
    known = shapes.size;
    if (Date.now() - grown >= quietMs || Date.now() - start > LONGEST_MS) return seen;
    await sleep(Math.min(LOOK_MS, quietMs));
  }
}
