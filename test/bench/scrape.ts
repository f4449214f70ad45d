// Scrapes an address a given number of times and prints how long each answer took; it runs in a container, by itself.
const [url = '', requests = '0'] = process.argv.slice(2);
const headers = { accept: 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 'accept-encoding': 'gzip' };
/** Apart from each other, so that none waits for what the one before left to do. */
const PAUSE_MS = 25;

export interface Scraped {
  /** Milliseconds until the whole answer was there. */
  readonly times: readonly number[];
  readonly series: number;
  /** Whether metrics of the security collector are among them. */
  readonly security: boolean;
}

const times: number[] = [];
let text = '';
for (let index = 0; index < Number(requests); index += 1) {
  const began = performance.now();
  const response = await fetch(url, { headers });
  text = await response.text();
  times.push(performance.now() - began);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const scraped: Scraped = { times, series: lines.length, security: lines.some((line) => line.startsWith('security_')) };
process.stdout.write(JSON.stringify(scraped));
