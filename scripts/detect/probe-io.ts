import { connect } from 'node:net';
import type { Answer, PageProbe, PortProbe } from '../modules/facts.ts';
import { isMetricsText } from './answers.ts';

/** A container on this host answers within milliseconds; a slower one is busy or filtered. */
const TIMEOUT_MS = 1_000;
/** Prometheus' text format is recognisable by its first lines. */
const ENOUGH_BYTES = 4_096;

/** The result of `probePort` if nothing listens. */
export const REFUSED = 'refused';

/** Probes a port: what the probe recognises, `REFUSED`, or undefined for anything else. */
export async function probePort(host: string, { port, greeting, read }: PortProbe): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MS });
    const end = (what: string | undefined): void => {
      socket.destroy();
      resolve(what);
    };
    socket.once('connect', () => {
      if (greeting.length > 0) socket.write(greeting);
    });
    socket.once('data', (data) => end(read(data.toString('latin1'))));
    socket.once('timeout', () => end(undefined));
    socket.once('close', () => end(undefined));
    socket.once('error', (failure) => end('code' in failure && failure.code === 'ECONNREFUSED' ? REFUSED : undefined));
  });
}

/** GETs one page that a module can read; undefined if it is another page. */
export async function probePage(host: string, port: number, { path, read }: PageProbe): Promise<Answer | undefined> {
  try {
    const response = await fetch(`http://${host}:${port}${path}`, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const speaks = response.ok ? read(await firstBytes(response)) : undefined;
    if (response.body !== null && !response.bodyUsed) await response.body.cancel();
    return speaks === undefined ? undefined : { port, path, status: response.status, speaks };
  } catch {
    return undefined;
  }
}

/** GETs a path of a container; undefined without an HTTP answer. Redirects are not followed: they lead out of the container. */
export async function askHttp(host: string, port: number, path: string): Promise<Answer | undefined> {
  try {
    const response = await fetch(`http://${host}:${port}${path}`, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const metrics = response.ok && isMetricsText(response.headers.get('content-type') ?? '', await firstBytes(response));
    if (response.body !== null && !response.bodyUsed) await response.body.cancel();
    return { port, path, status: response.status, speaks: metrics ? 'metrics' : 'http' };
  } catch {
    return undefined;
  }
}

async function firstBytes(response: Response): Promise<string> {
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (reader !== undefined && text.length < ENOUGH_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader?.cancel();
  return text;
}
