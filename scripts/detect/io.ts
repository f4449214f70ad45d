import { connect } from 'node:net';
import { isMetricsText, readDatabaseAnswer } from './answers.ts';
import type { Answer } from '../modules/facts.ts';

/** A container on this host answers within milliseconds; one that needs longer is busy or filtered. */
const TIMEOUT_MS = 1_000;
/** Prometheus' text format shows itself in the first lines. */
const ENOUGH_BYTES = 4_096;

/** `SSLRequest` of PostgreSQL's protocol: length 8, code 80877103. The server answers one byte, and writes nothing to its log. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const GREETINGS = { postgres: SSL_REQUEST, redis: Buffer.from('PING\r\n') } as const;

/** Asks a port whether it is a database. `refused` means that nothing listens there; undefined that it said nothing that is understood. */
export async function knock(host: string, port: number, as: 'postgres' | 'redis'): Promise<Answer['speaks'] | 'refused' | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MS });
    const end = (what: Answer['speaks'] | 'refused' | undefined): void => {
      socket.destroy();
      resolve(what);
    };
    socket.once('connect', () => socket.write(GREETINGS[as]));
    socket.once('data', (data) => end(readDatabaseAnswer(as, data.toString('latin1'))));
    socket.once('timeout', () => end(undefined));
    socket.once('close', () => end(undefined));
    socket.once('error', (failure) => end('code' in failure && failure.code === 'ECONNREFUSED' ? 'refused' : undefined));
  });
}

/** GETs a path of a container; undefined where no HTTP comes back. Redirects are not followed: they lead out of the container. */
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
  const reader = response.body?.getReader();
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
