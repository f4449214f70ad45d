// Measures container-exporter with 50 more containers on this host: npm run bench -- containers. Prints a table; nothing fails on
// a slow machine. The figures in exporters/containers/compose.yml come from it.
import { startContainer } from '../support/cleanup.ts';
import { E2eStack, eventually, sh } from '../support/e2e-stack.ts';
import { quantile, table } from './figures.ts';

const PROJECT = 'pharos-cont-bench';
const CONTAINERS = 50;
const REQUESTS = 200;
const MINUTE_MS = 60_000;

const valueOf = (text: string, name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN);

/** The address of the exporter, which publishes no port, on the stack's network; a host reaches its bridges. */
async function addressOf(container: string): Promise<string> {
  const format = `{{(index .NetworkSettings.Networks "${PROJECT}_monitoring").IPAddress}}`;
  return (await sh(['docker', 'inspect', '-f', format, container])).stdout.trim();
}

const stack = await E2eStack.create(PROJECT);
try {
  stack.set({ MODULES: 'containers', CONTAINER_METRICS: 'engine' });
  const up = await stack.run('up', '--yes');
  if (up.code !== 0) throw new Error(up.stdout + up.stderr);
  const exporter = `${PROJECT}-container-exporter-1`;
  const image = (await sh(['docker', 'inspect', '-f', '{{.Config.Image}}', exporter])).stdout.trim();
  for (let index = 0; index < CONTAINERS; index += 1) {
    const label = `com.docker.compose.service=sleeper-${index}`;
    await startContainer(PROJECT, `${PROJECT}-${index}`, '--label', label, '--entrypoint', 'sleep', image, '900');
  }
  const url = `http://${await addressOf(exporter)}:9417/metrics`;
  const scrape = async (): Promise<string> => (await fetch(url)).text();
  const measured = async (): Promise<number> => (await scrape()).match(/^container_cpu_usage_seconds_total\{/gm)?.length ?? 0;
  await eventually('all containers are measured', 120, async () => (await measured()) >= CONTAINERS);

  const before = await scrape();
  await new Promise((resolve) => setTimeout(resolve, MINUTE_MS));
  const after = await scrape();
  const times: number[] = [];
  for (let index = 0; index < REQUESTS; index += 1) {
    const began = performance.now();
    await scrape();
    times.push(performance.now() - began);
  }
  const cpu = valueOf(after, 'process_cpu_seconds_total') - valueOf(before, 'process_cpu_seconds_total');
  const rows = [
    ['containers measured', String(await measured())],
    ['series', String(after.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length)],
    ['answer, median', `${quantile(times, 0.5).toFixed(1)} ms`],
    ['answer, 99th percentile', `${quantile(times, 0.99).toFixed(1)} ms`],
    ['answer, slowest', `${Math.max(...times).toFixed(1)} ms`],
    ['CPU of the exporter', `${((100 * cpu * 1000) / MINUTE_MS).toFixed(2)} % of a core`],
    ['memory of the exporter', `${(valueOf(after, 'process_resident_memory_bytes') / 1024 ** 2).toFixed(0)} MiB resident`],
    [
      'memory that counts against its limit',
      (await sh(['docker', 'stats', '--no-stream', '--format', '{{.MemUsage}}', exporter])).stdout.trim(),
    ],
  ];
  table(['what', 'measured'], rows);
} finally {
  await stack.destroy();
}
