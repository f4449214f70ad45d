import { isRefusal, refusedProblem } from './smoke.ts';
import { lastLogLines, logSince, stackState } from '../engine/stack-state.ts';
import { currentOf } from './current-samples.ts';
import type { Prepared } from './prepare.ts';
import type { Finding } from './smoke-checks.ts';
import type { Workplace } from '../engine/workplace.ts';

/**
 * Every database lets its exporter in, by what the exporter says now. What it wrote since the checks began is about the settings of now:
 * a refusal in it is final. Older lines only explain.
 */
export async function databaseProblems(
  place: Workplace,
  prepared: Prepared,
  module: 'postgres' | 'redis',
  began: number,
): Promise<readonly Finding[]> {
  const { settings } = prepared;
  const up = module === 'postgres' ? 'pg_up' : 'redis_up';
  const instances = module === 'postgres' ? settings.plain.POSTGRES_INSTANCES : settings.plain.REDIS_INSTANCES;
  const { samples } = await currentOf(place, prepared, module, up);
  const refused = instances.filter(({ name }) => samples.find(({ labels }) => labels['instance'] === name)?.value !== 1);
  if (refused.length === 0) return [];
  const exporter = (await stackState(place.docker, settings.plain.COMPOSE_PROJECT_NAME)).find(
    ({ service }) => service === `${module}-exporter`,
  );
  const [recent, all] =
    exporter === undefined
      ? ['', '']
      : await Promise.all([logSince(place.docker, exporter.id, began), lastLogLines(place.docker, exporter.id, 60)]);
  return refused.map(({ name, host, user }) => {
    const about = (log: string): string =>
      log
        .split('\n')
        .filter((line) => line.includes(host) || instances.length === 1)
        .join('\n');
    const final = isRefusal(about(recent));
    return { ...refusedProblem(module, name, user, about(final ? recent : all)), final };
  });
}
