import { readFileSync } from 'node:fs';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { log } from '../common/log.ts';
import { main, serve } from '../common/service.ts';
import { createApp } from './app.ts';
import { readProbes } from './canaries.ts';
import { readDatabases, readEnvironment } from './environment.ts';
import { startMonitor } from './monitor.ts';

/** The text of a file; an empty one where it is not there; undefined, and a line in the log, where it cannot be read. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (failure) {
    const { code } = failure as NodeJS.ErrnoException;
    log({ level: 'error', msg: `${path}: cannot be read: ${code ?? String(failure)}` });
    return code === 'ENOENT' ? '' : undefined;
  }
}

await main(readEnvironment, async ({ port, databasesFile, canariesFile, collectSeconds }) => {
  const databases = readDatabases(textOf(databasesFile) ?? '');
  if (typeof databases === 'string') throw new Error(`${databasesFile}: ${databases}; npm run up writes it`);
  // Without canaries there is still everything else to show.
  const file = readProbes(
    textOf(canariesFile),
    databases.map(({ target }) => target),
  );
  for (const { line, message } of file.problems) log({ level: 'error', msg: `${canariesFile}:${line}: ${message}; it is skipped` });
  const monitor = startMonitor(databases, file, collectSeconds, log);
  const own = new Registry();
  collectDefaultMetrics({ register: own });
  await serve({
    port,
    app: createApp(monitor, own),
    about: { databases: monitor.targets, probes: file.probes.length },
    stop: monitor.stop,
  });
});
