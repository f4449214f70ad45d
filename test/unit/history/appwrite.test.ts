import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredAlert } from '../../../alertmanager/history/alert.ts';
import appwriteFunction, { type FunctionContext } from '../../../alertmanager/history/appwrite/function.ts';
import { openAppwriteStore } from '../../../alertmanager/history/appwrite/store.ts';
import { parseNotification } from '../../../alertmanager/history/payload.ts';
import { parseQuery } from '../../../alertmanager/history/query.ts';
import { AppwriteServer } from '../../support/appwrite.ts';

let server: AppwriteServer;
let store: ReturnType<typeof openAppwriteStore>;
const logged: object[] = [];
const NOW = Date.parse('2026-02-01T00:00:00Z');

beforeEach(async () => {
  server = new AppwriteServer();
  await server.start('127.0.0.1');
  logged.length = 0;
  const project = { endpoint: server.endpoint, projectId: server.projectId, databaseId: 'pharos', apiKey: () => server.key };
  store = openAppwriteStore(project, (entry) => logged.push(entry));
});
afterEach(async () => server.stop());

const alert = (fingerprint: string, status: 'firing' | 'resolved' = 'firing', labels: object = {}): object => ({
  ...{ status, fingerprint, startsAt: '2026-01-01T00:00:00.5Z', generatorURL: 'http://p' },
  endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-01-01T00:05:00Z',
  labels: { alertname: 'DiskFull', instance: 'web-1', severity: 'critical', ...labels },
  annotations: { summary: 'The disk is full' },
});
const body = (alerts: readonly object[], receiver = 'history'): string =>
  JSON.stringify({ version: '4', receiver, groupKey: 'g', externalURL: 'http://am', alerts });
const save = async (alerts: readonly object[], receiver?: string): Promise<void> =>
  store.save(parseNotification(body(alerts, receiver)), NOW);
const find = async (query: string): Promise<readonly StoredAlert[]> => (await store.find(parseQuery(new URLSearchParams(query)))).alerts;

describe('the store in Appwrite', () => {
  it('makes its database and table, and keeps an alert once with every field', async () => {
    await save([alert('a1')]);
    await save([alert('a1')], 'critical-team');
    expect(await find('fingerprint=a1')).toEqual([
      {
        ...{
          id: `a1-${Date.parse('2026-01-01T00:00:00.5Z').toString(36)}`,
          fingerprint: 'a1',
          status: 'firing',
          alertname: 'DiskFull',
          instance: 'web-1',
          severity: 'critical',
        },
        ...{ category: '', service: '', startsAt: '2026-01-01T00:00:00.500Z', endsAt: null, summary: 'The disk is full', description: '' },
        ...{
          impact: '',
          runbook: '',
          generatorURL: 'http://p',
          groupKey: 'g',
          externalURL: 'http://am',
          receivers: ['history', 'critical-team'],
        },
        ...{ labels: { alertname: 'DiskFull', instance: 'web-1', severity: 'critical' }, annotations: { summary: 'The disk is full' } },
        ...{ raw: alert('a1'), acknowledgedAt: null, acknowledgedBy: null },
        ...{ createdAt: '2026-02-01T00:00:00.000Z', updatedAt: '2026-02-01T00:00:00.000Z' },
      },
    ]);
  });

  it('follows an alert to its end and does not go back; keeps who took it on', async () => {
    await save([alert('a1')]);
    const id = (await find(''))[0]?.id ?? '';
    expect([await store.acknowledge(id, 'Anna', NOW), await store.acknowledge(id, 'Bert', NOW)]).toEqual([true, false]);
    await save([alert('a1', 'resolved')]);
    await save([alert('a1')]);
    expect(await find('')).toMatchObject([{ status: 'resolved', endsAt: '2026-01-01T00:05:00.000Z', acknowledgedBy: 'Anna' }]);
    expect((await store.get('nothing')) === undefined).toBe(true);
  });

  it('keeps both receivers of notifications that come at once', async () => {
    await Promise.all([save([alert('a1')], 'one'), save([alert('a1')], 'two')]);
    expect([...((await find(''))[0]?.receivers ?? [])].sort()).toEqual(['one', 'two']);
  });

  it.each([
    ['status=resolved', ['b2']],
    ['severity=warning', ['b3']],
    ['alertname=CpuHot', ['b3']],
    ['label=team%3Dshop', ['b2']],
    ['q=hot', ['b3']],
    ['acknowledged=yes', []],
    ['since=2026-01-02', []],
    ['until=2026-01-01', ['b3', 'b2', 'b1']],
    ['limit=1&offset=1', ['b2']],
  ])('filters by %s', async (query, prints) => {
    await save([
      alert('b1'),
      alert('b2', 'resolved', { team: 'shop' }),
      alert('b3', 'firing', { alertname: 'CpuHot', severity: 'warning' }),
    ]);
    expect((await find(query)).map(({ fingerprint }) => fingerprint)).toEqual(prints);
  });

  it('takes a storm in parts, and all of it when it is sent again after a failure', async () => {
    const many = Array.from({ length: 350 }, (_, index) => alert((0x1000 + index).toString(16)));
    await save([alert('b1')]);
    server.failures.push(503);
    await expect(save(many)).rejects.toThrow('planned');
    await save(many);
    expect(server.rows.size).toBe(351);
    const all: StoredAlert[] = [];
    for await (const batch of store.each(parseQuery(new URLSearchParams()))) all.push(...batch);
    expect(new Set(all.map(({ fingerprint }) => fingerprint)).size).toBe(351);
    expect(all).toHaveLength(351);
  });

  it('pushes what is new to the topic of its severity, once, and says where a topic is missing', async () => {
    await save([alert('a1'), alert('a2'), alert('a3', 'firing', { severity: 'warning' })]);
    await save([alert('a1'), alert('a3', 'firing', { severity: 'warning' })], 'critical-team');
    await save([alert('a1', 'resolved')]);
    expect([...server.pushes.values()].map(({ topics, title }) => [topics, title])).toEqual([
      [['critical-alerts'], 'CRITICAL DiskFull on web-1 (and 1 more)'],
      [['monitoring-alerts'], 'WARNING DiskFull on web-1'],
    ]);
    server.topics.clear();
    await save([alert('a4')]);
    expect(logged).toEqual([expect.objectContaining({ topics: ['critical-alerts'] })]);
  });

  it('counts, knows what occurs, forgets what is old', async () => {
    await save([alert('a1'), alert('a2', 'resolved')]);
    expect(await store.counts()).toEqual([
      { status: 'firing', severity: 'critical', count: 1 },
      { status: 'resolved', severity: 'critical', count: 1 },
    ]);
    expect(await store.known()).toEqual({ alertname: ['DiskFull'], instance: ['web-1'], service: [] });
    expect(await store.prune(Date.parse('2026-01-15T00:00:00Z'), 200)).toBe(1);
    expect((await find('')).map(({ fingerprint }) => fingerprint)).toEqual(['a1']);
  });

  it('makes the table once where two start at the same time', async () => {
    const project = { endpoint: server.endpoint, projectId: server.projectId, databaseId: 'pharos', apiKey: () => server.key };
    const other = openAppwriteStore(project, () => undefined);
    await Promise.all([save([alert('a1')]), other.save(parseNotification(body([alert('a2')])), NOW)]);
    expect(server.rows.size).toBe(2);
    expect(server.requests.filter((request) => request === 'POST /v1/tablesdb/pharos/tables').length).toBeGreaterThan(1);
  });

  it('says that Appwrite is too old where it does not make the columns', async () => {
    server.old = true;
    await expect(save([alert('a1')])).rejects.toThrow('use Appwrite 1.9 or newer');
  });

  it('refuses everything where the project is not there', async () => {
    const project = { endpoint: server.endpoint, projectId: 'other', databaseId: 'pharos', apiKey: () => server.key };
    await expect(openAppwriteStore(project, () => undefined).save(parseNotification(body([alert('a1')])), NOW)).rejects.toThrow('Project');
  });

  it('refuses everything where the key is wrong', async () => {
    const wrong = openAppwriteStore(
      { endpoint: server.endpoint, projectId: server.projectId, databaseId: 'pharos', apiKey: () => 'x' },
      () => undefined,
    );
    await expect(wrong.probe()).rejects.toThrow('API key');
    await expect(wrong.save(parseNotification(body([alert('a1')])), NOW)).rejects.toThrow('API key');
  });
});

describe('the function', () => {
  const call = async (change: object = {}, key = server.key): Promise<{ readonly status: number; readonly body: unknown }> => {
    const context: FunctionContext = {
      req: { method: 'POST', bodyText: body([alert('a1')]), query: { token: 'secret' }, headers: { 'x-appwrite-key': key }, ...change },
      res: { json: (answer, status = 200) => ({ status, body: answer }) },
      log: () => undefined,
      error: () => undefined,
    };
    return appwriteFunction(context) as Promise<{ readonly status: number; readonly body: unknown }>;
  };
  const variables = { APPWRITE_FUNCTION_PROJECT_ID: 'shop', WEBHOOK_TOKEN: 'secret' };
  beforeEach(() => Object.assign(process.env, variables, { APPWRITE_FUNCTION_API_ENDPOINT: server.endpoint }));
  afterEach(() => {
    for (const name of [...Object.keys(variables), 'APPWRITE_FUNCTION_API_ENDPOINT']) delete process.env[name];
  });

  it('stores what Alertmanager sends', async () => {
    expect(await call()).toEqual({ status: 200, body: { stored: 1 } });
    expect([...server.rows.values()]).toMatchObject([{ fingerprint: 'a1', alertname: 'DiskFull' }]);
  });
  it('lets in only who has the token', async () => {
    for (const query of [{}, { token: '' }, { token: 'secre' }]) expect((await call({ query })).status).toBe(401);
    delete process.env['WEBHOOK_TOKEN'];
    expect((await call()).status).toBe(500);
    expect(server.rows.size).toBe(0);
  });
  it('removes what is old when its schedule calls it', async () => {
    await store.save(parseNotification(body([alert('a1')])), Date.now());
    await store.save(parseNotification(body([alert('a2', 'resolved')])), NOW);
    const scheduled = {
      method: 'POST',
      bodyText: '',
      query: {},
      headers: { 'x-appwrite-key': server.key, 'x-appwrite-trigger': 'schedule' },
    };
    const days = Math.floor((Date.now() - Date.parse('2026-01-01T00:05:00Z')) / 86_400_000);
    process.env['RETENTION_DAYS'] = String(days + 1);
    expect(await call(scheduled)).toEqual({ status: 200, body: { removed: 0 } });
    process.env['RETENTION_DAYS'] = String(days);
    expect(await call(scheduled)).toEqual({ status: 200, body: { removed: 1 } });
    expect([...server.rows.values()]).toMatchObject([{ fingerprint: 'a1' }]);
    process.env['RETENTION_DAYS'] = 'ever';
    expect((await call(scheduled)).status).toBe(400);
    delete process.env['RETENTION_DAYS'];
  });
  it('asks Alertmanager to try again where the database refuses, and not where the request is wrong', async () => {
    expect((await call({}, 'wrong')).status).toBe(500);
    expect((await call({ bodyText: '{' })).status).toBe(400);
    expect((await call({ method: 'GET' })).status).toBe(405);
  });
});
