import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithEngine } from '../support/engine.ts';
import { HistoryContainer } from '../support/history.ts';

let history: HistoryContainer;

beforeAll(async () => {
  history = await HistoryContainer.prepare('pharos-hostile-history');
  await history.start();
});
afterAll(async () => history?.destroy());

/** What comes back for bytes that no client library would send; empty where the connection is just closed. */
async function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(history.base);
  const socket = connect(Number(port), hostname, () => socket.end(bytes));
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  await new Promise((resolve) => socket.on('close', resolve).on('error', resolve));
  return answer;
}

const ask = async (path: string, init: RequestInit = {}): Promise<readonly [number, string]> => {
  const response = await fetch(history.base + path, init);
  return [response.status, await response.text()];
};

describeWithEngine('the alert history, with hostile requests', () => {
  it.each([
    ['//', /^HTTP\/1\.1 404 /],
    ['//elsewhere/api/v1/alerts', /^HTTP\/1\.1 404 /],
    ['http://[', /^HTTP\/1\.1 400 /],
    ['*', /^HTTP\/1\.1 400 /],
    ['/?q=%E0%A4', /^HTTP\/1\.1 200 /],
  ])('lives on after GET %s', async (target, answer) => {
    expect(await raw(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(answer);
    expect(await ask('/-/ready')).toEqual([200, expect.any(String)]);
  });

  it('lives on after a body that breaks off', async () => {
    await raw('POST /api/v1/webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"version"');
    expect(await ask('/-/ready')).toEqual([200, expect.any(String)]);
  });

  it.each(['/api/v1/webhook', '/api/v1/events', '/api/v1/test-alerts', '/sms'])(
    'takes nothing at %s from a page of another site',
    async (path) => {
      const headers = { origin: 'https://elsewhere.example', 'content-type': 'text/plain' };
      expect(await ask(path, { method: 'POST', headers, body: '{}' })).toEqual([403, expect.stringContaining('another site')]);
    },
  );

  it('says what is wrong with a path that is no text, and that noise is asked by weeks', async () => {
    expect(await ask('/api/v1/test-alerts/%E0%A4', { method: 'DELETE' })).toEqual([400, expect.stringContaining('%E0%A4')]);
    expect(await ask('/api/v1/noise?since=2026-01-01')).toEqual([400, expect.stringContaining('weeks')]);
  });
});
