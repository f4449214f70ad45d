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

/** The word for the container that an alert of a module is about, and the one for the password of the user who watches it. */
const OF_MODULES: Readonly<Record<string, readonly [container: string, password?: string]>> = {
  postgres: ['POSTGRES_CONTAINER'],
  vector: ['POSTGRES_CONTAINER'],
  redis: ['REDIS_CONTAINER', 'REDIS_PASSWORD_FILE'],
  mysql: ['MYSQL_CONTAINER', 'MYSQL_PASSWORD_FILE'],
  nginx: ['NGINX_CONTAINER'],
  apps: ['NAME'],
  containers: ['NAME'],
};
const FOLLOWERS = ['STANDBY_CONTAINER', 'REPLICA_CONTAINER'];

/** What somebody fills in who is paged: from the labels of the alert, and the names of the containers that the drill broke. */
export function drillWords({ targets, of = '' }: Pick<Drill, 'targets' | 'of'>, labels: Words, module: string, prefix: string): Words {
  const words = Object.entries(OF_LABELS).flatMap(([label, word]) => (labels[label] === undefined ? [] : [[word, labels[label]] as const]));
  const names = targets.map(({ name }) => name);
  const about = [labels['instance'], labels['service'], of].find((name) => name !== undefined && names.includes(name));
  const [container, password] = OF_MODULES[module] ?? [];
  if (about === undefined || container === undefined) return { ...fleetWords(module, prefix), ...Object.fromEntries(words) };
  return {
    ...fleetWords(module, prefix),
    ...Object.fromEntries(FOLLOWERS.map((word) => [word, `${prefix}-${about}`])),
    [container]: `${prefix}-${about}`,
    ...(password === undefined ? {} : { [password]: `${module}_${about}_password` }),
    ...Object.fromEntries(words),
  };
}

/** Two at once: the commands of many drills come together, and the faults last until they have ended. */
let free = 2;
const waiting: (() => void)[] = [];
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free === 0) await new Promise<void>((go) => waiting.push(go));
  else free -= 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }
}

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
