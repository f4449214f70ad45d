import { error, warning } from '../../base/problem.ts';
import type { CheckContext, Finding, SmokeCheck } from '../check.ts';
import { REFUSED } from '../postgres/refusal.ts';
import type { VectorDatabase } from './databases.ts';

/** Every database accepts the exporter and has a vector extension. */
export function vectorCheck(databases: readonly VectorDatabase[], exporter: string, context: CheckContext): SmokeCheck {
  const run = async (): Promise<readonly Finding[]> => {
    const current = async (metric: string) => (await context.current('vector', exporter, metric)).samples;
    const [up, extensions] = [await current('pharos_vector_up'), await current('pharos_vector_extensions')];
    const valueOf = (from: typeof up, instance: string, database: string): number | undefined =>
      from.find(({ labels }) => labels['instance'] === instance && labels['database'] === database)?.value;
    const findings: Finding[] = [];
    for (const { target, instance, database } of databases) {
      if (valueOf(up, instance.name, database) !== 1) {
        const { all, recent } = await context.log(exporter);
        const reason = lastReason(all, target);
        findings.push({
          ...error(
            `vector ${target}`,
            `does not answer the exporter${reason === '' ? '' : ` (${reason})`}`,
            'runbooks/vector/VectorDatabaseDown.md explains each reason; npm run logs -- vector-exporter',
          ),
          final: REFUSED.test(lastReason(recent, target)),
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
  };
  return { title: 'vector', service: exporter, run };
}

/** Why the exporter last failed with a database. It logs a reason only when it changes. */
function lastReason(log: string, target: string): string {
  const line = log.split('\n').findLast((text) => text.includes(`"database ${target}: `));
  return /"msg":"database [^:]*: (.*?)(?<!\\)"/.exec(line ?? '')?.[1]?.replaceAll('\\"', '"') ?? '';
}
