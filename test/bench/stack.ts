// Measures what the README promises, on this machine, with images present: npm run bench. Prints a table; nothing fails on a slow machine.
import { E2eStack, sh, type Ended } from '../support/e2e-stack.ts';

const ROUNDS = 3;
const figures = new Map<string, number[]>();

/** Runs something that must succeed and keeps how many seconds it took. */
async function measure(name: string, run: () => Promise<Ended>): Promise<Ended> {
  const began = performance.now();
  const ended = await run();
  if (ended.code !== 0) throw new Error(`${name} failed:\n${ended.stdout}${ended.stderr}`);
  const seconds = (performance.now() - began) / 1000;
  figures.set(name, [...(figures.get(name) ?? []), seconds]);
  process.stderr.write(`  ${name}: ${seconds.toFixed(1)} s\n`);
  return ended;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const stack = await E2eStack.create('pharos-bench');
try {
  const services = async (): Promise<Ended> => sh(['docker', 'compose', 'up', '--detach', '--wait', '--quiet-pull'], { cwd: stack.folder });
  // Images are built or pulled, rule tests run: neither belongs to a start.
  await stack.run('up', '--yes');
  for (let round = 0; round < ROUNDS; round += 1) {
    await stack.run('down', '--volumes', '--yes');
    await measure('raw docker compose up --wait', services);
    await stack.run('down', '--volumes', '--yes');
    await measure('clean up', async () => stack.run('up', '--yes'));
    await measure('up with nothing to do', async () => stack.run('up', '--yes'));
    await measure('validate', async () => stack.run('validate'));
    const { stdout } = await measure('test-alert, whole command', async () => stack.run('test-alert', '--json'));
    const { sentAt, deliveries } = JSON.parse(stdout) as { sentAt: number; deliveries: { deliveredAt: number }[] };
    const receipt = Math.max(...deliveries.map(({ deliveredAt }) => deliveredAt)) - sentAt;
    figures.set('test-alert, receipt', [...(figures.get('test-alert, receipt') ?? []), receipt / 1000]);
  }
} finally {
  await stack.destroy();
}

const of = (name: string): number => median(figures.get(name) ?? []);
const rows = [
  ['clean `up` to all green', of('clean up'), '≤ 45 s'],
  ['raw `docker compose up -d --wait`', of('raw docker compose up --wait'), ''],
  ['`up` with nothing to do', of('up with nothing to do'), '≤ 5 s'],
  ['`validate`', of('validate'), '≤ 10 s'],
  ['`test-alert` to receipt', of('test-alert, receipt'), '≤ 30 s'],
] as const;
process.stdout.write(`| what | median of ${ROUNDS} | target |\n| --- | --- | --- |\n`);
for (const [what, seconds, target] of rows) process.stdout.write(`| ${what} | ${seconds.toFixed(1)} s | ${target} |\n`);
process.stdout.write(`| clean \`up\` / raw | ${(of('clean up') / of('raw docker compose up --wait')).toFixed(2)} × | ≤ 1.3 × |\n`);
