// Measures how long every exporter takes to answer a scrape, on this machine: npm run bench -- exporters. A stack of its own with all modules
// watches one of everything (test/support/fleet.ts) and 50 containers more; each of its targets is asked 200 times, from where Prometheus asks.
import Docker from 'dockerode';
import { transform } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/base/files.ts';
import { startContainer } from '../support/cleanup.ts';
import { openContext } from '../drills/shared/context.ts';
import { eventually, sh, type E2eStack } from '../support/e2e-stack.ts';
import { serviceImage } from '../support/images.ts';
import { median, quantile, table } from './figures.ts';
import type { Scraped } from './scrape.ts';

const PROJECT = 'pharos-bench-exporters';
const CONTAINERS = 50;
const REQUESTS = Number(process.env['REQUESTS'] ?? 200);
/** Prometheus waits this long for a target of a module, and asks again some seconds later: more would be noise in the figures of others. */
const LIMIT_MS = 100;
/** What is no exporter: jobs of the fleet's own. */
const NOT_OURS = new Set(['mine', 'apps']);

interface Target {
  readonly scrapeUrl: string;
  readonly health: string;
  readonly labels: Readonly<Record<string, string>>;
}

const change = async (copy: E2eStack): Promise<void> => copy.set({ CONTAINER_METRICS: 'engine' });
const { context, close } = await openContext(PROJECT, [], { change });
const { stack } = context;
const targets = async (): Promise<readonly Target[]> => {
  const { data } = await stack.json<{ data: { activeTargets: Target[] } }>('PROMETHEUS_PORT', '/api/v1/targets?state=active');
  return data.activeTargets.filter(({ labels }) => !NOT_OURS.has(labels['job'] ?? ''));
};

/** Asks one address from inside Prometheus' network, by the names that Prometheus knows. */
async function scraped(image: string, url: string): Promise<Scraped> {
  const inside = ['--network', `container:${PROJECT}-prometheus-1`, '-v', `${stack.path('bench')}:/bench:ro`];
  const { code, stdout, stderr } = await sh(
    [
      'docker',
      'run',
      '--rm',
      '--name',
      `${PROJECT}-scraper`,
      ...inside,
      '--entrypoint',
      'node',
      image,
      '/bench/scrape.mjs',
      url,
      `${REQUESTS}`,
    ],
    { timeout: 300_000 },
  );
  if (code !== 0) throw new Error(`${url}: ${stderr}`);
  return JSON.parse(stdout) as Scraped;
}

/** What is asked beside Prometheus' targets: the exporters that are only scraped for others. */
const BESIDE = [{ name: 'blackbox-exporter itself', url: 'http://blackbox-exporter:9115/metrics' }];

try {
  const image = await serviceImage(new Docker(), 'history');
  for (let index = 0; index < CONTAINERS; index += 1)
    await startContainer(PROJECT, `${PROJECT}-sleeper-${index}`, '--entrypoint', 'sleep', image, '1800');
  // The image's Node.js strips no types.
  const { code } = await transform(readFileSync(join(ROOT, 'test/bench/scrape.ts'), 'utf8'), { loader: 'ts', format: 'esm' });
  stack.write('bench/scrape.mjs', code);
  await sh(['chmod', '-R', 'a+rX', stack.path('bench')]);
  await eventually('every target is up', 120, async () => (await targets()).every(({ health }) => health === 'up'));
  await eventually('the new containers are measured', 120, async () => {
    const query = encodeURIComponent('count(container_cpu_usage_seconds_total)');
    const { data } = await stack.json<{ data: { result: { value: [number, string] }[] } }>(
      'PROMETHEUS_PORT',
      `/api/v1/query?query=${query}`,
    );
    return Number(data.result[0]?.value[1]) >= CONTAINERS;
  });
  const asked = [
    ...(await targets()).map(({ labels, scrapeUrl }) => ({
      name: `${labels['job']} · ${labels['service'] ?? labels['instance']}`,
      url: scrapeUrl,
    })),
    ...BESIDE,
  ];
  const rows: string[][] = [];
  for (const { name, url } of asked.sort((a, b) => a.name.localeCompare(b.name))) {
    const { times, series, security } = await scraped(image, url);
    const figures = [median(times), quantile(times, 0.99), Math.max(...times)].map((time) => `${time.toFixed(1)} ms`);
    // A probe lasts as long as what it probes.
    const limit = name.startsWith('blackbox ·') ? 'none' : quantile(times, 0.99) <= LIMIT_MS ? `${LIMIT_MS} ms` : `**${LIMIT_MS} ms**`;
    rows.push([name + (security ? ', with the security collector' : ''), String(series), ...figures, limit]);
    process.stderr.write(`  ${name}\n`);
  }
  table(['scrape', 'series', 'median', '99th percentile', `slowest of ${REQUESTS}`, 'limit'], rows);
} finally {
  await close();
}
process.exit();
