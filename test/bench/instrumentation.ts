// Measures what the instrumentation costs, on this machine: npm run bench -- instrumentation. Two copies of the example, one of them without
// it, run side by side on the same databases and are asked in turns, so that whatever else the machine does meets both.
import Docker from 'dockerode';
import Fastify from 'fastify';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { instrumentFastify } from '../../exporters/apps/instrumentation/fastify.ts';
import { createInstrumentation } from '../../exporters/apps/instrumentation/instrumentation.ts';
import { bundleExample } from '../../scripts/io/bundle.ts';
import { ROOT } from '../../scripts/io/files.ts';
import { startShop } from '../support/databases.ts';
import { eventually, removeEverything, sh } from '../support/e2e-stack.ts';
import { serviceImage } from '../support/images.ts';

const NAME = 'pharos-bench-apps';
const ROUNDS = Number(process.env['ROUNDS'] ?? 40);
/** Requests per turn: about a second, so that a pair of turns meets the same machine. */
const REQUESTS = 1_500;
const CONCURRENCY = 4;
/** The kernel's clock ticks per second, in which /proc counts CPU time. */
const TICKS = 100;
const SERIES = 10_000;
/** Prometheus' interval. */
const SCRAPE_MS = 15_000;

interface Side {
  readonly instrumented: boolean;
  readonly base: string;
  readonly pid: number;
  /** Milliseconds per request, and per turn CPU milliseconds per request and the 99th percentile. */
  readonly latencies: number[];
  readonly cpu: number[];
  readonly p99: number[];
  /** Milliseconds of its turns since it was scraped. */
  sinceScrape: number;
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const quantile = (values: readonly number[], q: number): number => sorted(values)[Math.floor(q * (values.length - 1))] ?? Number.NaN;
const median = (values: readonly number[]): number => quantile(values, 0.5);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

async function start(instrumented: boolean, image: string, folder: string): Promise<Side> {
  const name = `${NAME}-${instrumented ? 'with' : 'without'}`;
  const env = { PGHOST: 'shop-db', PGPASSWORD: 'superuser', REDIS_HOST: 'shop-cache', INSTRUMENTED: String(instrumented) };
  const variables = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const command = ['docker', 'run', '-d', '--name', name, '--network', `${NAME}-shop`, '-v', `${folder}:/app:ro`, ...variables];
  const ran = await sh([...command, '--entrypoint', 'node', image, '/app/server.mjs']);
  if (ran.code !== 0) throw new Error(ran.stderr);
  const format = '{{.State.Pid}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  const [pid = '', address = ''] = (await sh(['docker', 'inspect', '-f', format, name])).stdout.trim().split(' ');
  const base = `http://${address}:3000`;
  await eventually(`${name} answers`, 60, async () => (await fetch(`${base}/products/1`)).ok);
  return { instrumented, base, pid: Number(pid), latencies: [], cpu: [], p99: [], sinceScrape: 0 };
}

/** CPU time of a process so far, in milliseconds: user and system time of all its threads. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}

const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
const ask = async (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    request(url, { agent }, (response) => {
      response.resume().on('end', () => resolve(performance.now() - began));
    })
      .on('error', reject)
      .end();
  });

async function turn(side: Side, keep: boolean): Promise<void> {
  const before = cpuOf(side.pid);
  const began = performance.now();
  const latencies: number[] = [];
  let left = REQUESTS;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (left-- > 0) latencies.push(await ask(`${side.base}/products/${1 + (left % 500)}`));
    }),
  );
  // As often per second of work as Prometheus asks.
  side.sinceScrape += performance.now() - began;
  if (side.instrumented && side.sinceScrape > SCRAPE_MS) {
    side.sinceScrape = 0;
    await ask(`${side.base}/metrics`);
  }
  if (!keep) return;
  side.cpu.push((cpuOf(side.pid) - before) / REQUESTS);
  side.p99.push(quantile(latencies, 0.99));
  side.latencies.push(...latencies);
}

/** Milliseconds that `/metrics` takes with 10,000 series, each of twenty times. */
async function scrapes(): Promise<{ readonly series: number; readonly times: readonly number[] }> {
  const registry = new Registry();
  const app = Fastify();
  const instrumentation = createInstrumentation({ registry, maxRoutes: 1_000 });
  instrumentFastify(app, instrumentation);
  const duration = registry.getSingleMetric('http_request_duration_seconds') as unknown as {
    observe(labels: object, value: number): void;
  };
  // 14 series per route.
  for (let n = 0; n < SERIES / 14; n += 1)
    duration.observe({ method: 'GET', route: `/api/v1/customers/:id/things-${n}`, status_code: '200' }, n / 1000);
  const base = await app.listen({ port: 0, host: '127.0.0.1' });
  const times: number[] = [];
  for (let n = 0; n < 25; n += 1) times.push(await ask(`${base}/metrics`));
  const series = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  await app.close();
  return { series, times: times.slice(5) };
}

const folder = mkdtempSync(join(tmpdir(), `${NAME}-`));
try {
  await removeEverything(NAME);
  await sh(['chmod', '755', folder]);
  writeFileSync(join(folder, 'server.mjs'), (await bundleExample(ROOT)).server);
  await startShop(NAME);
  const image = await serviceImage(new Docker(), 'history');
  const sides = [await start(false, image, folder), await start(true, image, folder)] as const;
  const [without, withIt] = sides;
  for (let round = 0; round < ROUNDS + 5; round += 1) {
    // The first rounds let the compiler do its work; who is first changes.
    for (const side of round % 2 === 0 ? sides : [withIt, without]) await turn(side, round >= 5);
    if (round % 10 === 9) process.stderr.write(`  ${round + 1} of ${ROUNDS + 5} rounds\n`);
  }
  const { series, times } = await scrapes();
  const p99 = { without: quantile(without.latencies, 0.99), with: quantile(withIt.latencies, 0.99) };
  const ratios = withIt.p99.map((value, index) => value / (without.p99[index] ?? Number.NaN));
  const row = (what: string, a: string, b: string, ratio: string, limit: string): void =>
    void process.stdout.write(`| ${what} | ${a} | ${b} | ${ratio} | ${limit} |\n`);
  row('what', 'without', 'with', 'ratio', 'limit');
  row('---', '---', '---', '---', '---');
  row(
    'CPU per request',
    `${(1000 * mean(without.cpu)).toFixed(0)} µs`,
    `${(1000 * mean(withIt.cpu)).toFixed(0)} µs`,
    `${(mean(withIt.cpu) / mean(without.cpu)).toFixed(3)} ×`,
    '1.05 ×',
  );
  row('p99', `${p99.without.toFixed(2)} ms`, `${p99.with.toFixed(2)} ms`, `${median(ratios).toFixed(3)} ×`, '1.05 ×');
  row('p50', `${median(without.latencies).toFixed(2)} ms`, `${median(withIt.latencies).toFixed(2)} ms`, '', '');
  row(`/metrics, ${series} series`, '–', `${median(times).toFixed(0)} ms (longest ${Math.max(...times).toFixed(0)} ms)`, '', '100 ms');
} finally {
  await removeEverything(NAME);
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
