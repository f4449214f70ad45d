// Measures what the instrumentation costs, on this machine: npm run bench -- instrumentation. Two copies of the example, one of them without
// it, run side by side on the same databases and are asked in short turns, so that whatever else the machine does meets both. Two processes
// of the same program differ by some per cent as well, for as long as they live, so both are started anew several times. CONTROL=true
// compares the example without it with itself: what that shows beside 1 is what these figures do not know.
import Docker from 'dockerode';
import Fastify from 'fastify';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { instrumentFastify } from '../../exporters/apps/instrumentation/fastify.ts';
import { createInstrumentation } from '../../exporters/apps/instrumentation/instrumentation.ts';
import { bundleExample } from '../../scripts/render/bundle-io.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { startShop } from '../support/databases.ts';
import { startContainer } from '../support/cleanup.ts';
import { eventually, removeEverything, sh } from '../support/e2e-stack.ts';
import { serviceImage } from '../support/images.ts';
import { cpuOf, mean, median, quantile, sum, table } from './figures.ts';

const NAME = 'pharos-bench-apps';
const STARTS = Number(process.env['STARTS'] ?? 8);
/** Per start. In each, both sides have two turns: with, without, without, with. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 40);
const CONTROL = process.env['CONTROL'] === 'true';
/** Rounds after a start that are not counted: the compiler does its work. */
const WARM_UP = 12;
/** Requests per turn: a tenth of a second or less, so that turns that are compared meet the same machine. */
const REQUESTS = 300;
const CONCURRENCY = 4;
const SERIES = 10_000;
/** Prometheus' interval. */
const SCRAPE_MS = 15_000;

interface Side {
  readonly instrumented: boolean;
  readonly base: string;
  readonly pid: number;
}

/** What a side did in the two turns of a round. */
interface Round {
  /** Milliseconds of CPU. */
  cpu: number;
  /** Milliseconds per request. */
  readonly latencies: number[];
}

/** Milliseconds of turns since the instrumented side was scraped, which may be in an earlier start. */
let sinceScrape = 0;

async function start(which: 'with' | 'without', image: string, folder: string): Promise<Side> {
  const name = `${NAME}-${which}`;
  const instrumented = which === 'with' && !CONTROL;
  await sh(['docker', 'rm', '-f', name]);
  const env = { PGHOST: 'shop-db', PGPASSWORD: 'superuser', REDIS_HOST: 'shop-cache', INSTRUMENTED: String(instrumented) };
  const variables = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const options = ['--network', `${NAME}-shop`, '-v', `${folder}:/app:ro`, ...variables];
  await startContainer(NAME, name, ...options, '--entrypoint', 'node', image, '/app/server.mjs');
  const format = '{{.State.Pid}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  const [pid = '', address = ''] = (await sh(['docker', 'inspect', '-f', format, name])).stdout.trim().split(' ');
  const base = `http://${address}:3000`;
  await eventually(`${name} answers`, 60, async () => (await fetch(`${base}/products/1`)).ok);
  return { instrumented, base, pid: Number(pid) };
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

async function turn(side: Side, round: Round): Promise<void> {
  const before = cpuOf(side.pid);
  const began = performance.now();
  let left = REQUESTS;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (left-- > 0) round.latencies.push(await ask(`${side.base}/products/${1 + (left % 500)}`));
    }),
  );
  // As often per second of work as Prometheus asks.
  if (side.instrumented) sinceScrape += performance.now() - began;
  if (side.instrumented && sinceScrape > SCRAPE_MS) {
    sinceScrape = 0;
    await ask(`${side.base}/metrics`);
  }
  round.cpu += cpuOf(side.pid) - before;
}

/** A round of each side; who begins changes. */
async function compare(without: Side, withIt: Side, index: number): Promise<readonly [Round, Round]> {
  const [a, b] = [
    { cpu: 0, latencies: [] },
    { cpu: 0, latencies: [] },
  ] as [Round, Round];
  const [first, second] = index % 2 === 0 ? [[without, a] as const, [withIt, b] as const] : [[withIt, b] as const, [without, a] as const];
  for (const [side, round] of [first, second, second, first]) await turn(side, round);
  return [a, b];
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

/** The median of the rounds: a round that something else disturbed counts as little as any other. */
const cpuRatio = (rounds: readonly (readonly [Round, Round])[]): number => median(rounds.map(([a, b]) => b.cpu / a.cpu));

function show(starts: readonly (readonly (readonly [Round, Round])[])[], { series, times }: Awaited<ReturnType<typeof scrapes>>): void {
  const rounds = starts.flat();
  const both = (of: (round: Round) => number) =>
    [0, 1].map((side) => rounds.map((round) => of(round[side as 0 | 1]))) as [number[], number[]];
  const ratios = ([without, withIt]: readonly [number[], number[]]): number[] =>
    withIt.map((value, n) => value / (without[n] ?? Number.NaN));
  const range = (values: readonly number[]): string => `${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)}`;
  const cpu = both((round) => (1000 * round.cpu) / round.latencies.length);
  const latency = (q: number) => both(({ latencies }) => quantile(latencies, q));
  const row = (
    what: string,
    figures: readonly [number[], number[]],
    [unit, digits]: readonly [string, number],
    last: readonly [string, string],
  ) => {
    const [without, withIt] = figures.map((values) => `${median(values).toFixed(digits)} ${unit}`) as [string, string];
    return [what, without, withIt, `${median(ratios(figures)).toFixed(3)} ×`, ...last];
  };
  const ofStarts = (q: number): string =>
    range(starts.map((of) => median(of.map(([a, b]) => quantile(b.latencies, q) / quantile(a.latencies, q)))));
  const total = sum(cpu[1]) / sum(cpu[0]);
  table(
    [`what (medians of ${rounds.length} rounds)`, 'without', 'with', 'ratio', 'ratio of single starts', 'limit'],
    [
      row('CPU per request', cpu, ['µs', 0], [range(starts.map(cpuRatio)), '1.05 ×']),
      ['CPU per request, mean', `${mean(cpu[0]).toFixed(0)} µs`, `${mean(cpu[1]).toFixed(0)} µs`, `${total.toFixed(3)} ×`, '', ''],
      row('latency, 99th percentile', latency(0.99), ['ms', 2], [ofStarts(0.99), '1.05 ×']),
      row('latency, median', latency(0.5), ['ms', 2], [ofStarts(0.5), '']),
      [`/metrics, ${series} series`, '–', `${median(times).toFixed(0)} ms (longest ${Math.max(...times).toFixed(0)} ms)`, '', '', '100 ms'],
    ],
  );
}

const folder = mkdtempSync(join(tmpdir(), `${NAME}-`));
try {
  await removeEverything(NAME);
  await sh(['chmod', '755', folder]);
  writeFileSync(join(folder, 'server.mjs'), (await bundleExample(ROOT)).server);
  await startShop(NAME);
  const image = await serviceImage(new Docker(), 'history');
  const starts: (readonly [Round, Round])[][] = [];
  for (let number = 0; number < STARTS; number += 1) {
    const sides = [await start('without', image, folder), await start('with', image, folder)] as const;
    const rounds: (readonly [Round, Round])[] = [];
    for (let index = 0; index < WARM_UP + ROUNDS; index += 1) rounds.push(await compare(...sides, index));
    starts.push(rounds.slice(WARM_UP));
    process.stderr.write(`  start ${number + 1} of ${STARTS}: CPU ${cpuRatio(rounds.slice(WARM_UP)).toFixed(3)} ×\n`);
  }
  show(starts, await scrapes());
} finally {
  await removeEverything(NAME);
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
