import { statfs } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, sh } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { HistoryContainer, type ListedAlert } from '../support/history.ts';

const NAME = 'pharos-test-history-service';
let history: HistoryContainer;
let base: string;

beforeAll(async () => {
  history = await HistoryContainer.prepare(NAME);
  writeFileSync(join(history.folder, 'runbooks/node/ServerDown.md'), '# ServerDown\n\n## Meaning\n\nGone <script>alert(1)</script>\n');
  await start();
});

afterAll(async () => {
  await history.destroy();
});

async function start(): Promise<void> {
  await history.start();
  base = history.base;
}

const notify = async (alerts: readonly object[], receiver?: string): Promise<Response> => history.notify(alerts, receiver);
const list = async (query: string): Promise<{ readonly total: number; readonly alerts: readonly ListedAlert[] }> => history.list(query);
const metric = async (name: string): Promise<string> => history.metric(name);
const alert = (fingerprint: string, status: 'firing' | 'resolved', labels: object = {}): object => ({
  status,
  fingerprint,
  startsAt: '2026-01-01T00:00:00Z',
  endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-01-01T00:05:00Z',
  labels: { alertname: 'Test', severity: 'critical', ...labels },
  annotations: { summary: 'S', runbook_url: 'http://x' },
  generatorURL: 'http://p',
});
describeWithEngine('the alert history', () => {
  it('stores an alert once, however often it arrives', async () => {
    for (const receiver of ['history', 'history', 'critical-team'])
      expect((await notify([alert('a1', 'firing')], receiver)).status).toBe(200);
    expect(await list('fingerprint=a1')).toMatchObject({
      total: 1,
      alerts: [{ status: 'firing', endsAt: null, receivers: ['history', 'critical-team'] }],
    });
  });

  it('follows it to its end, and does not go back', async () => {
    await notify([alert('a1', 'resolved')]);
    await notify([alert('a1', 'firing')]);
    expect((await list('fingerprint=a1')).alerts[0]).toMatchObject({ status: 'resolved', endsAt: '2026-01-01T00:05:00.000Z' });
  });

  it('takes an end that comes before its beginning', async () => {
    await notify([alert('a2', 'resolved')]);
    await notify([alert('a2', 'firing')]);
    expect((await list('fingerprint=a2')).alerts[0]?.status).toBe('resolved');
  });

  it('knows an alert by its number as it is written, and by no other', async () => {
    const { id } = (await list('fingerprint=a1')).alerts[0] ?? { id: '' };
    expect((await fetch(`${base}/api/v1/alerts/${id}`)).status).toBe(200);
    for (const other of [`${id}e0`, `${id}.0`, `0${id}`, `%20${id}`, '0x1'])
      expect((await fetch(`${base}/api/v1/alerts/${other}`)).status, other).toBe(404);
  });

  it('stores a notification whole or not at all', async () => {
    const response = await notify([alert('a3', 'firing'), { ...alert('a4', 'firing'), startsAt: 'never' }]);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('alerts[1].startsAt');
    expect((await list('fingerprint=a3')).total).toBe(0);
  });

  it('answers bad questions by name', async () => {
    const response = await fetch(`${base}/api/v1/alerts?limit=many`);
    expect({ status: response.status, text: await response.text() }).toEqual({ status: 400, text: expect.stringContaining('limit') });
    expect(
      (await fetch(`${base}/api/v1/webhook`, { method: 'POST', body: 'x'.repeat(49 * 1024 * 1024) }).catch(() => ({ status: 413 }))).status,
    ).toBe(413);
  });

  it('shows pages in which a label cannot do harm', async () => {
    await notify([alert('bad', 'firing', { instance: '<script>alert(1)</script>' })]);
    const { id } = (await list('fingerprint=bad')).alerts[0] ?? { id: '' };
    for (const path of ['/', `/alerts/${id}`]) {
      const response = await fetch(base + path);
      const page = await response.text();
      expect(page).not.toContain('<script>');
      expect(page).toContain('&lt;script&gt;');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });

  it('shows runbooks, without their scripts, and no other file', async () => {
    const page = await (await fetch(`${base}/runbooks/node/ServerDown`)).text();
    expect(page).toContain('<h2>Meaning</h2>');
    expect(page).not.toContain('<script>');
    expect(await (await fetch(`${base}/runbooks/`)).text()).toContain('/runbooks/node/ServerDown');
    for (const path of ['/runbooks/node/Nothing', '/runbooks/node/..%2f..%2fetc', '/runbooks/%2e%2e/app', '/runbooks/..%2Fapp/server'])
      expect((await fetch(base + path)).status, path).toBe(404);
  });

  it('carries a test alert as a metric until it is taken back', async () => {
    const send = async (method: string, path: string, body?: object): Promise<number> =>
      (await fetch(`${base}/api/v1/test-alerts${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })).status;
    expect(await send('POST', '', { labels: { nonce: 'n1', severity: 'critical', category: 'stack' } })).toBe(201);
    expect(await metric('pharos_test_alert{')).toBe('pharos_test_alert{nonce="n1",severity="critical",category="stack"} 1');
    expect(await send('DELETE', '/n1')).toBe(200);
    expect(await metric('pharos_test_alert{')).toBe('');
    expect(await send('POST', '', { labels: {} })).toBe(400);
  });

  it('shows how much of the disk below its volume is free', async () => {
    const bytes = async (name: string): Promise<number> => Number((await metric(`pharos_history_volume_${name}_bytes `)).split(' ')[1]);
    const { blocks, bsize } = await statfs(`${history.folder}/data`);
    expect(await bytes('size')).toBe(blocks * bsize);
    expect(await bytes('avail')).toBeGreaterThan(0);
    expect(await bytes('avail')).toBeLessThan(await bytes('size'));
  });

  it('loses nothing that it acknowledged when it is killed in a storm', async () => {
    const acknowledged: string[] = [];
    let stop = false;
    const storm = async (worker: number): Promise<void> => {
      for (let batch = 0; !stop && batch < 50; batch += 1) {
        const prints = Array.from({ length: 50 }, (_, index) => (0x10000000 + worker * 1_000_000 + batch * 1000 + index).toString(16));
        const response = await notify(prints.map((print) => alert(print, 'firing', { storm: 'yes' }))).catch(() => undefined);
        if (response?.status !== 200) return;
        acknowledged.push(...prints);
      }
    };
    const workers = [0, 1, 2, 3].map(storm);
    await eventually('the storm is under way', 120, async () => acknowledged.length > 1000);
    await sh(['docker', 'kill', '--signal', 'KILL', `${NAME}-1`]);
    stop = true;
    await Promise.all(workers);
    await start();
    const stored = await list('label=storm%3Dyes&limit=1');
    expect(stored.total).toBeGreaterThanOrEqual(acknowledged.length);
    for (const print of acknowledged.filter((_, index) => index % 97 === 0))
      expect((await list(`fingerprint=${print}`)).total, print).toBe(1);
  });

  it('sets a database aside that it cannot read, and goes on', async () => {
    await sh(['docker', 'rm', '-f', `${NAME}-1`]);
    await sh([
      'sh',
      '-c',
      `rm -f ${history.folder}/data/history.db-*; printf 'no database at all, really not, this is plain text' > ${history.folder}/data/history.db; chmod 666 ${history.folder}/data/history.db`,
    ]);
    await start();
    expect((await notify([alert('a9', 'firing')])).status).toBe(200);
    expect(await metric('pharos_history_corrupt_databases ')).toBe('pharos_history_corrupt_databases 1');
    expect((await sh(['sh', '-c', `ls ${history.folder}/data`])).stdout).toMatch(/history\.db\.corrupt-\d+/);
  });

  it('says what is wrong with its environment', async () => {
    const { code, stdout } = await sh([
      'docker',
      'run',
      '--rm',
      '--name',
      `${NAME}-2`,
      '-e',
      'PORT=many',
      '-v',
      `${history.folder}/app:/app:ro`,
      '--entrypoint',
      'node',
      history.image,
      '/app/server.mjs',
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: expect.stringContaining('PORT is \\"many\\"') });
  });
});
