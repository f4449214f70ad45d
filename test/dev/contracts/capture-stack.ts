// Starts a stack that watches one of everything, and writes what its exporters expose: npm run contracts. Nothing else is touched.
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
import { startContainer } from '../../support/cleanup.ts';
import { E2eStack, removeEverything, sh } from '../../support/e2e-stack.ts';
import { startFleet, troubleFleet, watchFleet } from '../../support/fleet.ts';

const PROJECT = 'pharos-contracts';
/** Settings under which other exporters run. */
const OTHERWISE = { CONTAINER_METRICS: 'engine', LOG_SHIPPER: 'promtail' };
const [into = '', ...images] = process.argv.slice(2);
/** With images given only what runs them is captured. */
const wanted = (service: string): boolean => images.length === 0 || images.some((image) => image.startsWith(`${service}=`));
const say = (text: string): void => void process.stderr.write(`  … ${text}\n`);
/** Longer than any command takes on a machine that does much else. */
const PATIENCE_MS = 1_200_000;
const must = async ({ folder }: E2eStack, ...command: readonly string[]): Promise<void> => {
  const options = { cwd: folder, env: { NO_COLOR: '1' }, timeout: PATIENCE_MS };
  const { code, stdout, stderr } = await sh([process.execPath, join(folder, 'scripts/start.mjs'), ...command], options);
  if (code !== 0) throw new Error(`npm run ${command.join(' ')} failed:\n${stdout}${stderr}`);
};

await removeEverything(`${PROJECT}-demo`);
const stack = await E2eStack.create(PROJECT);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(
    signal,
    () =>
      void removeEverything(`${PROJECT}-demo`)
        .then(async () => stack.destroy())
        .then(() => process.exit(130)),
  );
try {
  say('a fleet of everything that is watched, and the example application');
  for (const image of images) await exchange(stack, image);
  await startFleet(PROJECT);
  watchFleet(stack, PROJECT);
  await must(stack, 'up', '--yes');
  await must(stack, 'demo', '--yes');
  await troubleFleet(stack, PROJECT);
  await kill();
  // Its metric is there only while it runs; whether it arrives is no matter here.
  await stack.run('test-alert');
  await capture(false);
  if (CONTRACT_SOURCES.some(({ service, setting }) => setting !== undefined && wanted(service))) {
    say(`the same with ${Object.values(OTHERWISE).join(' and ')}`);
    stack.set(OTHERWISE);
    await must(stack, 'up', '--yes').then(
      async () => capture(true),
      // What was captured before stays captured.
      (failure: unknown) => say(`left as it was captured before, because ${shortened(failure)}`),
    );
  }
} catch (failure) {
  process.stderr.write(`  ✗ ${shortened(failure)}\n`);
  process.exitCode = 1;
} finally {
  await stack.run('demo', '--stop');
  await stack.destroy();
}

/** A failed command names every container that it waited for; the first lines say what is wrong. */
function shortened(failure: unknown): string {
  const lines = (failure instanceof Error ? failure.message : String(failure)).split('\n');
  return [...lines.slice(0, 20), ...(lines.length > 20 ? [`  and ${lines.length - 20} lines more`] : [])].join('\n');
}

async function capture(otherwise: boolean): Promise<void> {
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

/** Puts another image, given as `service=image`, in the place of the pinned one. */
async function exchange(copy: E2eStack, given: string): Promise<void> {
  const [service = '', image = ''] = given.split(/=(.*)/s);
  const files = [...(await readTree(copy.folder, 'exporters')), ['docker-compose.yml', copy.read('docker-compose.yml')] as const];
  for (const [path, text] of files.filter(([name]) => name.endsWith('compose.yml'))) {
    const { services } = parse(text, { merge: true }) as { services?: Record<string, { image?: string }> };
    const pinned = services?.[service]?.image;
    if (pinned !== undefined) return copy.write(path, text.replace(`image: ${pinned}`, `image: ${image}`));
  }
  throw new Error(`no Compose file has a service ${service}`);
}
