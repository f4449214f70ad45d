import { sign } from './signature.ts';

/** A gentle load, what a small shop sees in the afternoon: three customers, each with a request every 600 ms. One whose request hangs does not stop the others. */
const CUSTOMERS = 3;
const PAUSE_MS = Number(process.env['PAUSE_MS'] ?? 600);
/** Longer than the longest latency that the example can be asked for. */
const TIMEOUT_MS = 35_000;
const base = process.env['TARGET'] ?? 'http://127.0.0.1:3000';
const secret = process.env['PAYMENT_SECRET'] ?? 'demo';

const below = (n: number): number => Math.floor(Math.random() * n);
const post = async (path: string, value: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(base + path, {
    method: 'POST',
    body: JSON.stringify(value),
    headers: { 'content-type': 'application/json', ...headers },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
const get = async (path: string): Promise<Response> => fetch(base + path, { signal: AbortSignal.timeout(TIMEOUT_MS) });

async function pay(): Promise<Response> {
  const provider = ['stripe', 'paypal'][below(2)] ?? '';
  const made = await post('/payments', { provider, cents: 100 + below(9_900) });
  if (!made.ok) return made;
  const { id } = (await made.json()) as { id: string };
  // Three of a hundred cards are refused.
  return post(`/payments/callbacks/${provider}`, { id, paid: below(100) >= 3 }, { 'x-signature': sign(id, secret) });
}

/** What is asked, and how often out of a hundred. */
const MIX: readonly (readonly [number, () => Promise<Response>])[] = [
  // Ten of 510 products do not exist.
  [55, async () => get(`/products/${1 + below(510)}`)],
  [15, async () => get(`/search?like=${below(500)}`)],
  [10, async () => post('/orders', { product: 1 + below(500) })],
  [8, pay],
  [5, async () => post('/parsing-jobs', { text: 'one line of text '.repeat(1 + below(50)) })],
  [4, async () => post('/broadcasts', { recipients: 1 + below(200) })],
  [3, async () => post('/segments', { name: `segment ${below(1000)}` })],
];

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop.abort());

async function shop(): Promise<void> {
  while (!stop.signal.aborted) {
    let dice = below(100);
    const [, ask] = MIX.find(([share]) => (dice -= share) < 0) ?? MIX[0] ?? [];
    // A service that is down or answers with errors is what the stack shows; the load goes on.
    await ask?.()
      .then(async (response) => response.arrayBuffer())
      .catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
await Promise.all(Array.from({ length: CUSTOMERS }, shop));
