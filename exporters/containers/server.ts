import { log } from '../common/log.ts';
import { main, serve } from '../common/service.ts';
import { createApp } from './app.ts';
import { Collector } from './collector.ts';
import { engineClient } from './engine-client.ts';
import { readEnvironment } from './environment.ts';

await main(readEnvironment, async ({ port, engine, statistics }) => {
  const stopping = new AbortController();
  const collector = new Collector({ engine: engineClient(engine), statistics, log });
  const app = createApp({ ready: () => collector.ready, families: () => collector.families() });
  await serve({ port, app, about: { engine, statistics }, stop: () => stopping.abort() });
  void collector.run(stopping.signal);
});
