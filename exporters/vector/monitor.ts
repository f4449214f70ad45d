import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import { changeLog, type Log } from '../common/log.ts';
import { repeat, sleep } from '../common/repeat.ts';
import { runCanary } from './canary.ts';
import type { Probe, ProbeFile } from './canaries.ts';
import type { Database } from './connection.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { explain } from './reasons.ts';
import { runRecall } from './recall.ts';
import { collect } from './statistics.ts';

/** Connections to one server at the same time, for statistics and for probes each: two in all, whatever there is to do. */
const CONNECTIONS = 1;
/** Figures of the last good look are shown this long after it. One lost look would otherwise end every alert and begin it anew. */
const KEEP_MS = 60_000;
/** Probes start one after the other, so that a start is no storm. */
const STAGGER_MS = 200;
/** A pause for the server, also where the work takes longer than its interval. */
const REST_MS = 1000;

export interface Monitor {
  /** The page of a database as of the last change; undefined for one that is not watched. */
  readonly page: (target: string) => string | undefined;
  readonly targets: readonly string[];
  /** Ends every wait; what is under way is not waited for. */
  readonly stop: () => void;
}

/** Starts to watch the databases. Whatever happens to one of them changes its metrics and its log lines, and nothing else. */
export function startMonitor(databases: readonly Database[], file: ProbeFile, collectSeconds: number, log: Log): Monitor {
  const stopping = new AbortController();
  // Every loop listens, and there is one for each database and each probe.
  setMaxListeners(0, stopping.signal);
  const pages = new Map<string, string>();
  const changes = changeLog(log);
  const gates = new Map(databases.map(({ instance }) => [instance, { statistics: pLimit(CONNECTIONS), probes: pLimit(CONNECTIONS) }]));

  const every = async (seconds: number, firstMs: number, work: () => Promise<void>): Promise<void> => {
    await sleep(firstMs, stopping.signal);
    await repeat(seconds * 1000, stopping.signal, work, REST_MS);
  };
  const start = (loop: Promise<void>): void =>
    void loop.catch((failure: unknown) => {
      if (!stopping.signal.aborted) log({ level: 'error', msg: `a loop ended: ${explain(failure).message}` });
    });

  for (const database of databases) {
    const { target, instance } = database;
    const probes = file.probes.filter((probe) => probe.target === target);
    // An entry may be wrong in several ways; all are reported at the line where it begins.
    const wrongEntries = new Set(file.problems.map(({ line }) => line)).size;
    const metrics = createMetrics(probes, wrongEntries, Date.now);
    const publish = async (): Promise<void> => void pages.set(target, await metrics.text());
    const gate = gates.get(instance) ?? { statistics: pLimit(CONNECTIONS), probes: pLimit(CONNECTIONS) };
    const look = looker(database, metrics, changes);
    pages.set(target, '');
    start(publish());
    start(every(collectSeconds, 0, async () => gate.statistics(look).then(publish)));
    for (const [index, probe] of probes.entries())
      start(
        every(probe.everySeconds, (index + 1) * STAGGER_MS, async () =>
          gate.probes(async () => runProbe(database, probe, metrics, changes)).then(publish),
        ),
      );
  }
  return { page: (target) => pages.get(target), targets: [...pages.keys()], stop: () => stopping.abort() };
}

function looker(database: Database, metrics: Metrics, changes: ReturnType<typeof changeLog>): () => Promise<void> {
  const subject = `database ${database.target}`;
  let lastGood = 0;
  return async () => {
    const began = Date.now();
    const took = (): number => (Date.now() - began) / 1000;
    try {
      const found = await collect(database);
      lastGood = Date.now();
      metrics.collected(found, took());
      if (found.extensions.length === 0)
        changes.failed(subject, 'has no vector extension: CREATE EXTENSION vector, or VECTOR_INSTANCES names the wrong database');
      else changes.works(subject);
    } catch (failure) {
      const { reason, message } = explain(failure);
      metrics.collectionFailed(reason, took(), Date.now() - lastGood < KEEP_MS);
      changes.failed(subject, message, { reason });
    }
  };
}

async function runProbe(database: Database, probe: Probe, metrics: Metrics, changes: ReturnType<typeof changeLog>): Promise<void> {
  const subject = `${probe.kind === 'canary' ? 'canary' : 'recall probe'} ${probe.name} on ${database.target}`;
  try {
    if (probe.kind === 'canary') metrics.searched(probe, await runCanary(database, probe));
    else metrics.recalled(probe, await runRecall(database, probe));
    changes.works(subject);
  } catch (failure) {
    const { reason, message } = explain(failure);
    metrics.probeFailed(probe, reason);
    changes.failed(subject, message, { reason });
  }
}
