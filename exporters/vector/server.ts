import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createApp } from './app.ts';
import { readProbes } from './canaries.ts';
import { readDatabases, readEnvironment, type Environment } from './environment.ts';
import { logLine } from './log.ts';
import { startMonitor } from './monitor.ts';

/** The text of a file; undefined, and a line in the log, where it cannot be read. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (failure) {
    logLine({ level: 'error', msg: `${path}: cannot be read: ${(failure as NodeJS.ErrnoException).code ?? String(failure)}` });
    return undefined;
  }
}

function serve(environment: Environment): void {
  const text = textOf(environment.databasesFile);
  const databases = text === undefined ? 'cannot be read' : readDatabases(text);
  if (typeof databases === 'string') {
    logLine({ level: 'error', msg: `${environment.databasesFile}: ${databases}; npm run up writes it` });
    process.exitCode = 2;
    return;
  }
  // Without canaries there is still everything else to tell. A file that is not there is nobody's mistake; one that cannot be read is.
  const file = readProbes(
    textOf(environment.canariesFile) ?? (existsSync(environment.canariesFile) ? undefined : ''),
    databases.map(({ target }) => target),
  );
  for (const { line, message } of file.problems)
    logLine({ level: 'error', msg: `${environment.canariesFile}:${line}: ${message}; it is left out` });
  const monitor = startMonitor(databases, file, environment.collectSeconds, logLine);
  const own = new Registry();
  collectDefaultMetrics({ register: own });
  const app = createApp(monitor, own);
  const server = createServer((request, response) => void app(request, response));
  server.listen(environment.port, () =>
    logLine({ msg: 'listening', port: environment.port, databases: monitor.targets, probes: file.probes.length }),
  );
  const stop = (): void => {
    monitor.stop();
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

const environment = readEnvironment(process.env);
if ('port' in environment) serve(environment);
else {
  for (const msg of environment) logLine({ level: 'error', msg });
  process.exitCode = 2;
}
