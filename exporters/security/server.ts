import { mkdir } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { changeLog, log } from '../common/log.ts';
import { repeat } from '../common/repeat.ts';
import { main, onStop } from '../common/service.ts';
import { AuthCollector } from './collect-auth.ts';
import { certificateCollector, exposureCollector } from './collect-files.ts';
import { PackageCollector } from './collect-packages.ts';
import { PortCollector } from './collect-ports.ts';
import { readEnvironment } from './environment.ts';
import { Runner } from './runner.ts';
import { loadState, writeWhole } from './state.ts';

/** Who reads the metrics (node exporter) is another user; the state is private. */
const METRICS_MODE = 0o644;
const STATE_MODE = 0o600;

await main(readEnvironment, async ({ host, stack, data, intervalSeconds, certificates }) => {
  const stopping = new AbortController();
  onStop(() => stopping.abort());
  const metrics = join(data, 'metrics');
  const statePath = join(data, 'state.json');
  await mkdir(metrics, { recursive: true, mode: 0o755 });
  const { state, wrong } = await loadState(statePath);
  if (wrong !== undefined) log({ level: 'error', msg: 'what was remembered is lost; counting begins anew', why: wrong });
  const auth = new AuthCollector(host, state);
  const ports = new PortCollector(host, state);
  const files = [certificateCollector(host, certificates), exposureCollector(stack)];
  const runner = new Runner([auth, ports, new PackageCollector(host, release()), ...files], changeLog(log), state.succeeded);
  log({ msg: 'watching', intervalSeconds, certificates });
  await repeat(intervalSeconds * 1000, stopping.signal, async () => {
    await runner.round(() => Date.now() / 1000);
    // First what was counted: metrics that are ahead of it would go back after a restart.
    await writeWhole(statePath, JSON.stringify({ ...auth.state, ...ports.state, succeeded: runner.succeeded }), STATE_MODE);
    await writeWhole(join(metrics, 'security.prom'), runner.text(), METRICS_MODE);
  });
});
