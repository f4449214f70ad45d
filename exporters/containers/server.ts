import { createServer } from 'node:http';
import { createApp } from './app.ts';
import { Collector } from './collector.ts';
import { engineClient } from './engine-client.ts';
import { readEnvironment, type Environment } from './environment.ts';

const log = (entry: Readonly<Record<string, unknown>>): void =>
  void process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);

function serve({ port, engine, statistics }: Environment): void {
  const stopping = new AbortController();
  const collector = new Collector({ engine: engineClient(engine), statistics, log });
  const server = createServer(createApp({ ready: () => collector.ready, families: () => collector.families() }));
  server.listen(port, () => log({ level: 'info', msg: 'listening', port, engine, statistics }));
  void collector.run(stopping.signal);
  const stop = (): void => {
    stopping.abort();
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

const environment = readEnvironment(process.env);
if ('port' in environment) serve(environment);
else {
  for (const message of environment) log({ level: 'error', msg: message });
  process.exitCode = 2;
}
