import type { E2eStack } from '../support/e2e-stack.ts';
import type { Victim } from './victims.ts';

/** Tells the stack of the victims, as a user would: settings, target files and a scrape file. */
export function watchVictims(stack: E2eStack, victims: readonly Victim[]): void {
  const named = (as: string): readonly string[] => victims.filter(({ watch }) => watch?.as === as).map(({ name }) => name);
  const env = stack.read('.env');
  const now = (key: string): string => new RegExp(`^${key}='?([^'\\n]*)`, 'm').exec(env)?.[1] ?? '';
  const list = (key: string, more: readonly string[]): string => [now(key), ...more].filter((item) => item !== '').join(',');
  const vectors = victims.flatMap(({ name, vectors = [] }) => vectors.map((database) => `${name}/${database}`));
  stack.set({
    POSTGRES_INSTANCES: list(
      'POSTGRES_INSTANCES',
      named('postgres').map((name) => `${name}=postgresql://pharos_monitor@${name}:5432/postgres?sslmode=disable`),
    ),
    REDIS_INSTANCES: list(
      'REDIS_INSTANCES',
      named('redis').map((name) => `${name}=redis://${name}:6379`),
    ),
    VECTOR_INSTANCES: list('VECTOR_INSTANCES', vectors),
  });
  for (const name of named('postgres')) stack.write(`secrets/postgres_${name}_password`, 'right-password');
  const search = 'SELECT id FROM items ORDER BY embedding <-> (SELECT embedding FROM items WHERE id = 1) LIMIT 3';
  const canaries = vectors.map((instance) => `  - { name: nearest, instance: ${instance}, query: "${search}", every: 5s }\n`);
  const file = 'exporters/vector/canaries.yml';
  stack.write(file, stack.read(file).replace('canaries:\n', `canaries:\n${canaries.join('')}`));
  writeTargets(stack, victims, ['blackbox', 'apps', 'node']);
}

/** The same for victims that were started when the stack was up: Prometheus sees new target files by itself, and is told of new jobs. */
export async function watchLater(stack: E2eStack, victims: readonly Victim[]): Promise<void> {
  writeTargets(stack, victims, ['apps-later', 'node-later']);
  const jobs = victims.flatMap((victim) => (victim.watch?.as === 'job' ? [entryOf(victim)] : []));
  if (jobs.length === 0) return;
  // Past `npm run reload`, which asks every job of the scrape files for its targets: the label hides these behind another job's name.
  stack.write('.effective/prometheus/scrape/victims.yml', `scrape_configs:\n${jobs.join('')}`);
  const answer = await fetch(stack.url('PROMETHEUS_PORT', '/-/reload'), { method: 'POST' });
  if (!answer.ok) throw new Error(`Prometheus does not watch the victims: ${await answer.text()}`);
}

/** A target file for each kind, named after the folder and, behind a dash, the file. */
function writeTargets(stack: E2eStack, victims: readonly Victim[], kinds: readonly string[]): void {
  for (const kind of kinds) {
    const [folder = '', file = 'victims'] = kind.split('-');
    const entries = victims.flatMap((victim) => (victim.watch?.as === folder ? [entryOf(victim)] : []));
    if (entries.length > 0) stack.write(`prometheus/targets/${folder}/${file}.yml`, entries.join(''));
  }
}

function entryOf({ name, watch }: Victim): string {
  switch (watch?.as) {
    case 'blackbox':
      return `- targets: ['${watch.url}']\n${watch.module === undefined ? '' : `  labels: { module: ${watch.module} }\n`}`;
    case 'apps':
      return `- targets: ['${name}:${watch.port}']\n  labels: { service: ${name} }\n`;
    case 'node':
      return `- targets: ['${name}:${watch.port}']\n  labels: { instance: ${name} }\n`;
    case 'job':
      // Another of what the stack has one of: the label takes the place of the job's own name. As often as the stack's own.
      return [
        `  - job_name: victim-${name}`,
        '    scrape_interval: 10s',
        `    static_configs:\n      - targets: ['${name}:${watch.port}']`,
        `        labels: { job: ${watch.job}, instance: ${name}, service: ${name} }\n`,
      ].join('\n');
    default:
      return '';
  }
}
