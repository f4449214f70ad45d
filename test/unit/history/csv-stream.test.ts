import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createApp } from '../../../alertmanager/history/app.ts';
import type { AlertStore, StoredAlert } from '../../../alertmanager/history/alert.ts';
import type { EventStore } from '../../../alertmanager/history/event-store.ts';
import { readEnvironment } from '../../../alertmanager/history/environment.ts';

const [COUNT, BATCH] = [15_000, 500];
const batch = (from: number): readonly StoredAlert[] =>
  Array.from(
    { length: BATCH },
    (_, index) => ({ id: String(from + index), description: 'It is nearly full. '.repeat(100) }) as StoredAlert,
  );

it('15,000 alerts go out as CSV in parts, no faster than they are read', async () => {
  let read = 0;
  const store = {
    *each() {
      for (; read < COUNT; read += BATCH) yield batch(read);
    },
  } as unknown as AlertStore;
  const options = { environment: readEnvironment({}), now: Date.now, log: () => undefined, corrupt: 0 };
  const app = createApp({ ...options, store, events: {} as EventStore });
  const server = createServer((request, response) => void app(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/alerts.csv`;
    const response = await new Promise<IncomingMessage>((resolve) => get(url, resolve));
    // No one reads: once the buffers are full, nothing more is taken from the store.
    for (let before = -1; read !== before; await sleep(300)) before = read;
    expect(read).toBeLessThan(COUNT);
    let text = '';
    for await (const chunk of response) text += String(chunk);
    expect(text.split('\r\n')).toHaveLength(1 + COUNT + 1);
    expect(text).toContain(`\r\n${COUNT - 1},`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
