import { createServer, type Server } from 'node:http';
import { databasesImage } from '../support/databases.ts';
import { E2eStack, sh } from '../support/e2e-stack.ts';
import { startFleet, watchFleet } from '../support/fleet.ts';
import { arrivalKey, startVictim, type Arena, type Drill, type Receiver, type Victim } from './drill.ts';

/** Starts a stack and the victims of the drills. What runs on this host besides is not touched. */
export async function openArena(
  project: string,
  drills: readonly Drill[],
): Promise<{ readonly arena: Arena; readonly close: () => Promise<void> }> {
  const stack = await E2eStack.create(project);
  await startFleet(project);
  const image = await databasesImage();
  const victims = drills.flatMap((drill) => drill.victims);
  for (const victim of victims) await startVictim(victim, project, image);
  watchFleet(stack, project);
  watchVictims(stack, victims);
  const up = async (): Promise<void> => {
    const { code, stdout, stderr } = await stack.run('up', '--yes');
    if (code !== 0) throw new Error(`the stack for the drills does not come up:\n${stdout}${stderr}`);
  };
  await up();
  const { receiver, server, port } = await listen();
  // The receiver listens in this process; containers reach it by the gateway of their network.
  const gateway = /gateway: (\S+)/.exec(stack.read('.effective/compose.yml'))?.[1] ?? '';
  stack.write('secrets/webhook_url', `http://${gateway}:${port}/critical`);
  await up();
  const run = async (...command: readonly string[]) => sh(['docker', ...command]);
  const arena: Arena = {
    stack,
    prefix: project,
    receiver,
    exec: async (name, ...command) => run('exec', `${project}-${name}`, ...command),
    spawn: async (name, ...command) => run('exec', '-d', `${project}-${name}`, ...command),
    docker: async (verb, name) => run(verb, `${project}-${name}`),
    service: async (verb, service) => run(verb, `${project}-${service}-1`),
  };
  const close = async (): Promise<void> => {
    await stack.destroy();
    server.closeAllConnections();
    server.close();
  };
  return { arena, close };
}

function watchVictims(stack: E2eStack, victims: readonly Victim[]): void {
  const watched = (as: string): readonly Victim[] => victims.filter(({ watch }) => watch?.as === as);
  const env = stack.read('.env');
  const now = (key: string): string => new RegExp(`^${key}='?([^'\\n]*)`, 'm').exec(env)?.[1] ?? '';
  const postgres = watched('postgres').map(({ name }) => `${name}=postgresql://pharos_monitor@${name}:5432/postgres?sslmode=disable`);
  const redis = watched('redis').map(({ name }) => `${name}=redis://${name}:6379`);
  stack.set({
    POSTGRES_INSTANCES: [now('POSTGRES_INSTANCES'), ...postgres].join(','),
    REDIS_INSTANCES: [now('REDIS_INSTANCES'), ...redis].join(','),
  });
  for (const { name } of watched('postgres')) stack.write(`secrets/postgres_${name}_password`, 'right-password');
  const targets = victims.flatMap(({ watch }) =>
    watch?.as === 'blackbox'
      ? [`- targets: ['${watch.url}']${watch.module === undefined ? '' : `\n  labels: { module: ${watch.module} }`}\n`]
      : [],
  );
  if (targets.length > 0) stack.write('prometheus/targets/blackbox/victims.yml', targets.join(''));
  const apps = victims.flatMap(({ name, watch }) =>
    watch?.as === 'apps' ? [`- targets: ['${name}:${watch.port}']\n  labels: { service: ${name} }\n`] : [],
  );
  if (apps.length > 0) stack.write('prometheus/targets/apps/victims.yml', apps.join(''));
}

async function listen(): Promise<{ readonly receiver: Receiver; readonly server: Server; readonly port: number }> {
  const arrivals = new Map<string, number>();
  const receiver: Receiver = { broken: false, arrivals };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      response.statusCode = receiver.broken ? 500 : 200;
      response.end();
      if (receiver.broken) return;
      const { alerts } = JSON.parse(body) as { alerts: { fingerprint: string; startsAt: string }[] };
      for (const alert of alerts) if (!arrivals.has(arrivalKey(alert))) arrivals.set(arrivalKey(alert), Date.now());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const address = server.address();
  return { receiver, server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}
