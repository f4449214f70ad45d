// Starts a stack that watches one of everything, and writes what its exporters expose: npm run contracts. Nothing else is touched.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { parse } from 'yaml';
import { CONTRACT_SOURCES } from './sources.ts';
import { pickedLabels } from './uses.ts';
import { contractFile, contractText } from './files.ts';
import { ROOT, readTree } from '../../../scripts/base/files.ts';
import { captureContracts } from './capture.ts';
import { readUses } from './read-uses.ts';
import { databasesImage } from '../../support/databases.ts';
import type { DrillContext } from '../../drills/shared/drill.ts';
import { openContext } from '../../drills/shared/context.ts';
import { drillModules } from '../../drills/shared/registry.ts';
import { startContainer } from '../../support/cleanup.ts';
import type { E2eStack } from '../../support/e2e-stack.ts';
import { troubleFleet } from '../../support/fleet.ts';
import { interruptCommands } from '../../support/sh.ts';

const PROJECT = 'pharos-contracts';
/** Settings under which other exporters run. */
const OTHERWISE = { CONTAINER_METRICS: 'engine', LOG_SHIPPER: 'promtail' };
const [into = '', ...images] = process.argv.slice(2);
/** With images given only what runs them is captured. */
const wanted = (service: string): boolean => images.length === 0 || images.some((image) => image.startsWith(`${service}=`));
const say = (text: string): void => void process.stderr.write(`  … ${text}\n`);

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => {
    interruptCommands();
    interrupted.abort(new Error('interrupted'));
  });
const { signal } = interrupted;
let close = async (): Promise<void> => undefined;
try {
  say('a fleet of everything that is watched, and the example application');
  const opened = await openContext(PROJECT, [], { signal, change: async (stack) => exchange(stack, images) });
  ({ close } = opened);
  const aborted = once(signal, 'abort').then(() => signal.throwIfAborted());
  await Promise.race([captureAll(opened.context), aborted]);
} catch (failure) {
  process.stderr.write(`  ✗ ${shortened(failure)}\n`);
  process.exitCode = signal.aborted ? 130 : 1;
} finally {
  await close();
}
process.exit();

async function captureAll(context: DrillContext): Promise<void> {
  const { stack } = context;
  await troubleFleet(stack, PROJECT);
  const troubles = [...drillModules.values()].map(async ({ trouble }) => trouble?.(context));
  await kill();
  // Its metric is there only while it runs; whether it arrives is no matter here.
  await Promise.all([stack.run('test-alert'), ...troubles]);
  await capture(stack, false);
  if (!CONTRACT_SOURCES.some(({ service, setting }) => setting !== undefined && wanted(service))) return;
  say(`the same with ${Object.values(OTHERWISE).join(' and ')}`);
  stack.set(OTHERWISE);
  const { code, stdout, stderr } = await stack.run('up', '--yes');
  // What was captured before stays captured.
  if (code !== 0) say(`left as it was captured before, because ${shortened(new Error(stdout + stderr))}`);
  else await capture(stack, true);
}

/** A failed command names every container that it waited for; the first lines say what is wrong. */
function shortened(failure: unknown): string {
  const lines = (failure instanceof Error ? failure.message : String(failure)).split('\n');
  return [...lines.slice(0, 20), ...(lines.length > 20 ? [`  and ${lines.length - 20} lines more`] : [])].join('\n');
}

async function capture(stack: E2eStack, otherwise: boolean): Promise<void> {
  const uses = await readUses(ROOT);
  const from = {
    docker: new Docker(),
    prometheus: stack.url('PROMETHEUS_PORT', ''),
    projects: [PROJECT, `${PROJECT}-demo`],
    version: (JSON.parse(stack.read('package.json')) as { version: string }).version,
    since: otherwise ? Math.floor(Date.now() / 1000) : 0,
    picked: pickedLabels(uses),
  };
  say('waiting until nothing new is exposed for two minutes');
  const sources = CONTRACT_SOURCES.filter(({ service, setting }) => wanted(service) && (setting !== undefined) === otherwise);
  for (const contract of await captureContracts(from, sources))
    writeFileSync(join(into, contractFile(contract, false)), contractText(contract));
}

/** Lets the kernel kill a container for its memory, which is the only way to a time of the last such kill. */
async function kill(): Promise<void> {
  const hungry = 'const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1));';
  const options = ['--memory', '64m', '--memory-swap', '64m'];
  await startContainer(PROJECT, `${PROJECT}-shop-hungry`, ...options, await databasesImage(), 'node', '-e', hungry);
}

/** Puts other images, given as `service=image`, in the place of the pinned ones. */
async function exchange(copy: E2eStack, given: readonly string[]): Promise<void> {
  const files = [...(await readTree(copy.folder, 'exporters')).keys(), 'docker-compose.yml'].filter((name) => name.endsWith('compose.yml'));
  for (const [service = '', image = ''] of given.map((one) => one.split(/=(.*)/s))) {
    const pinnedIn = (path: string): string | undefined =>
      (parse(copy.read(path), { merge: true }) as { services?: Record<string, { image?: string }> }).services?.[service]?.image;
    const path = files.find((name) => pinnedIn(name) !== undefined);
    if (path === undefined) throw new Error(`no Compose file has a service ${service}`);
    copy.write(path, copy.read(path).replace(`image: ${pinnedIn(path)}`, `image: ${image}`));
  }
}
