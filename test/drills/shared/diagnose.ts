import pLimit from 'p-limit';
import { sh } from '../../support/sh.ts';
import { diagnosisCommands } from '../../support/runbook-commands.ts';
import type { Drill, DrillContext } from './drill.ts';
import { drillModules } from './registry.ts';

type Words = Readonly<Record<string, string>>;

/** What the words in capitals of a module's runbooks stand for in the fleet. */
export function fleetWords(module: string, prefix: string): Words {
  const container = (name: string): string => `${prefix}-shop-${name}`;
  return {
    POSTGRES_CONTAINER: container('db'),
    STANDBY_CONTAINER: container('standby'),
    REDIS_CONTAINER: container('cache'),
    REPLICA_CONTAINER: container('replica'),
    NAME: `${prefix}-demo-demo-backend-1`,
    DATABASE: 'postgres',
    TABLE: 'products',
    QUEUE: 'parsing',
    NUMBER: '1',
    TARGET: 'shop-cache:6379',
    'SELECT …': 'SELECT 1',
    ...drillModules.get(module)?.placeholders?.(prefix),
  };
}

/** The words that an alert's labels fill in. */
const OF_LABELS: Words = {
  ...{ datname: 'DATABASE', database: 'DATABASE', relname: 'TABLE', table: 'TABLE', queue: 'QUEUE' },
  ...{ name: 'NAME', device: 'DEVICE', mountpoint: 'MOUNTPOINT' },
};

/** What somebody fills in who is paged: from the labels of the alert, and the container that the drill broke. */
export function drillWords({ targets, of = '' }: Pick<Drill, 'targets' | 'of'>, labels: Words, module: string, prefix: string): Words {
  const names = targets.map(({ name }) => name);
  const about = [labels['instance'], labels['service'], of].find((name) => name !== undefined && names.includes(name));
  return {
    ...fleetWords(module, prefix),
    ...(about === undefined ? {} : drillModules.get(module)?.broken?.(prefix, about)),
    ...Object.fromEntries(
      Object.entries(OF_LABELS).flatMap(([label, word]) => (labels[label] === undefined ? [] : [[word, labels[label]]])),
    ),
  };
}

/** The commands of many drills come together, and the faults last until they have ended. */
const inTurn = pLimit(2);

/** Seconds. A command that has not ended by then hangs, and so does the one who is paged. */
const HANGS = '120';
/** What `timeout` ends with. */
const TIMED_OUT = 124;

/** Runs the commands of an alert's runbook while its fault lasts, and says which fail: they are for this state. @param labels those of the alert */
export async function diagnose({ alert, ...drill }: Drill, labels: Words, { stack, prefix }: DrillContext): Promise<readonly string[]> {
  const all = await diagnosisCommands((module) => drillWords(drill, labels, module, prefix), await stack.services());
  const failed: string[] = [];
  for (const { script } of all.filter(({ page }) => page.endsWith(`/${alert}`))) {
    const { code, stdout, stderr } = await inTurn(async () => sh(['timeout', HANGS, 'bash', '-c', script], { cwd: stack.folder }));
    // `npm run status` and `validate` end with 1 where they found something, which is what they are for.
    if (code !== 0 && !(code === 1 && script.startsWith('npm run ')))
      failed.push(`${script}: ${code === TIMED_OUT ? 'hangs' : `${code} ${(stderr || stdout).trim().slice(0, 200)}`}`);
  }
  return failed;
}
