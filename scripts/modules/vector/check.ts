import type { TimedSample } from '../../up/evidence.ts';
import { error, warning } from '../../base/problem.ts';
import { isRefusal } from '../../up/smoke.ts';
import { vectorDatabases } from './databases.ts';
import { lastLogLines, logSince, stackState } from '../../engine/stack-state.ts';
import type { Prepared } from '../../up/prepare.ts';
import type { Finding } from '../../up/smoke-checks.ts';
import type { Workplace } from '../../engine/workplace.ts';

/**
 * Every database of `VECTOR_INSTANCES` lets the exporter in, and has an extension for vectors.
 *
 * @param samples gives a metric's samples of now
 */
export async function vectorProblems(
  place: Workplace,
  { settings }: Prepared,
  began: number,
  samples: (metric: string) => Promise<readonly TimedSample[]>,
): Promise<readonly Finding[]> {
  const { plain } = settings;
  const [up, extensions] = [await samples('pharos_vector_up'), await samples('pharos_vector_extensions')];
  const valueOf = (from: typeof up, instance: string, database: string): number | undefined =>
    from.find(({ labels }) => labels['instance'] === instance && labels['database'] === database)?.value;
  const findings: Finding[] = [];
  for (const { target, instance, database } of vectorDatabases(plain.VECTOR_INSTANCES, plain.POSTGRES_INSTANCES)) {
    if (valueOf(up, instance.name, database) !== 1) {
      const { said, since } = await lastWord(place, plain.COMPOSE_PROJECT_NAME, target, began);
      findings.push({
        ...error(
          `vector ${target}`,
          `does not answer the exporter${said === '' ? '' : ` (${said})`}`,
          'runbooks/vector/VectorDatabaseDown.md says what each reason means; npm run logs -- vector-exporter',
        ),
        final: isRefusal(since),
      });
    } else if (valueOf(extensions, instance.name, database) === 0)
      findings.push(
        warning(
          `vector ${target}`,
          `has no vector extension in the database ${database}; VectorExtensionMissing will fire`,
          `CREATE EXTENSION vector, or name another database: VECTOR_INSTANCES=${instance.name}/<database>`,
        ),
      );
  }
  return findings;
}

/** What the exporter said last of a database, and what of it since the checks began: it says a thing once, and again only when it changes. */
async function lastWord({ docker }: Workplace, project: string, target: string, began: number) {
  const exporter = (await stackState(docker, project)).find(({ service }) => service === 'vector-exporter');
  if (exporter === undefined) return { said: '', since: '' };
  const about = (log: string): string => {
    const line = log.split('\n').findLast((text) => text.includes(`"database ${target}: `));
    return /"msg":"database [^:]*: (.*?)(?<!\\)"/.exec(line ?? '')?.[1]?.replaceAll('\\"', '"') ?? '';
  };
  const [all, since] = await Promise.all([lastLogLines(docker, exporter.id, 500), logSince(docker, exporter.id, began)]);
  return { said: about(all), since: about(since) };
}
