import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../../../exporters/containers/app.ts';

let server: Server;
let port: number;

beforeAll(async () => {
  const samples = [{ labels: { name: 'shop' }, value: 1 }];
  const app = createApp({ ready: () => false, families: () => [{ name: 'seen', help: 'Seen.', type: 'gauge', samples }] });
  server = createServer((request, response) => void app(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());

/** The first line and the body of the answer to a request as it stands. */
async function ask(request: string): Promise<readonly [string, string]> {
  const socket = connect(port, '127.0.0.1', () => socket.end(`${request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`));
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return [answer.split('\r\n')[0] ?? '', answer.slice(answer.indexOf('\r\n\r\n') + 4)];
}

it.each([
  ['GET /metrics', '200 OK', /seen\{name="shop"\} 1/],
  ['GET /metrics?name[]=seen', '200 OK', /process_start_time_seconds/],
  ['HEAD /metrics', '200 OK', /^$/],
  ['GET /-/ready', '503 Service Unavailable', /not been asked/],
  ['POST /metrics', '405 Method Not Allowed', /GET and HEAD only/],
  ['GET /elsewhere', '404 Not Found', /see/],
  // No address at all; an exporter that ended here would be a container that restarts.
  ['GET //', '404 Not Found', /see/],
  ['GET http://[', '404 Not Found', /see/],
])('%s is answered with %s', async (request, status, body) => {
  const [line, text] = await ask(request);
  expect(line).toBe(`HTTP/1.1 ${status}`);
  expect(text).toMatch(body);
});
