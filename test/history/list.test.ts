import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithEngine } from '../support/engine.ts';
import { HistoryContainer } from '../support/history.ts';

let history: HistoryContainer;

const DAY_MS = 86_400_000;
const ago = (days: number, minutes = 0): string => new Date(Date.now() - days * DAY_MS + minutes * 60_000).toISOString();
const MANY_AT = ago(3);

interface Sent {
  readonly fingerprint: string;
  readonly startsAt: string;
  readonly endsAt?: string;
  readonly labels?: object;
  readonly annotations?: object;
}
const alert = ({ fingerprint, startsAt, endsAt, labels, annotations }: Sent): object => ({
  status: endsAt === undefined ? 'firing' : 'resolved',
  ...{ fingerprint, startsAt, endsAt: endsAt ?? '0001-01-01T00:00:00Z', generatorURL: 'http://p/graph' },
  labels: { alertname: 'DiskFull', instance: 'web-1', severity: 'warning', category: 'infrastructure', service: 'shop', ...labels },
  annotations: { summary: 'S', ...annotations },
});

beforeAll(async () => {
  history = await HistoryContainer.prepare('pharos-test-history-list');
  await history.start();
});

afterAll(async () => {
  await history.destroy();
});

describeWithEngine('a stored alert', () => {
  it('has every field, and itself as it was sent', async () => {
    const sent = alert({
      ...{ fingerprint: 'c1', startsAt: ago(0, -30), endsAt: ago(0, -10) },
      annotations: { summary: 'S', description: 'D', impact: 'I', runbook_url: 'http://r' },
    });
    await history.notify([sent]);
    expect((await history.list('fingerprint=c1')).alerts[0]).toMatchObject({
      ...{ alertname: 'DiskFull', instance: 'web-1', severity: 'warning', category: 'infrastructure', service: 'shop', status: 'resolved' },
      ...{ summary: 'S', description: 'D', impact: 'I', runbook: 'http://r', fingerprint: 'c1', groupKey: 'g', externalURL: 'http://am' },
      ...{ raw: sent, secondsToResolve: 1200, createdAt: expect.stringMatching(/Z$/), updatedAt: expect.stringMatching(/Z$/) },
    });
  });
});

describeWithEngine('the list', () => {
  beforeAll(async () => {
    await history.notify([
      alert({
        fingerprint: 'd1',
        startsAt: '2026-03-10T23:30:00Z',
        labels: { list: '1', instance: 'db-1', category: 'database', severity: 'critical' },
      }),
      alert({
        fingerprint: 'd2',
        startsAt: '2026-03-11T00:30:00Z',
        endsAt: '2026-03-11T00:40:00Z',
        labels: { list: '1', service: 'mail' },
      }),
      alert({
        fingerprint: 'd3',
        startsAt: '2026-03-12T00:30:00Z',
        labels: { list: '1', alertname: 'CpuHot' },
        annotations: { summary: 'Very HOT' },
      }),
    ]);
  });
  it.each([
    ['status=firing', ['d3', 'd1']],
    ['severity=critical', ['d1']],
    ['category=database', ['d1']],
    ['instance=db-1', ['d1']],
    ['service=mail', ['d2']],
    ['alertname=CpuHot', ['d3']],
    ['q=very+hot', ['d3']],
    ['since=2026-03-11', ['d3', 'd2']],
    ['until=2026-03-11', ['d2', 'd1']],
    ['since=2026-03-11T00:00:00Z&until=2026-03-11T01:00:00Z', ['d2']],
    ['limit=1', ['d3']],
    ['limit=1&offset=2', ['d1']],
    ['acknowledged=yes', []],
  ])('filters by %s, on its page, as JSON and as CSV', async (query, prints) => {
    const { alerts } = await history.list(`label=list%3D1&${query}`);
    expect(alerts.map(({ fingerprint }) => fingerprint)).toEqual(prints);
    const page = await history.text(`/?label=list%3D1&${query}`);
    for (const { id } of alerts) expect(page).toContain(`href="/alerts/${id}"`);
    expect(page.split('class="alert ').length - 1).toBe(prints.length);
    if (!query.startsWith('limit'))
      expect((await history.text(`/api/v1/alerts.csv?label=list%3D1&${query}`)).split('\r\n').length - 2).toBe(prints.length);
  });
});

describeWithEngine('the CSV', () => {
  it('can be read by a spreadsheet, and runs nothing in it', async () => {
    await history.notify([
      alert({
        fingerprint: 'e1',
        startsAt: ago(1),
        labels: { csv: '1' },
        annotations: { summary: '=HYPERLINK("http://x","y")', description: 'a,"b"\nc' },
      }),
    ]);
    const response = await fetch(`${history.base}/api/v1/alerts.csv?label=csv%3D1`);
    expect(response.headers.get('content-type')).toContain('text/csv');
    const text = await response.text();
    expect(text).toContain(`"'=HYPERLINK(""http://x"",""y"")"`);
    expect(text).toContain('"a,""b""\nc"');
    expect(text.split('\r\n')[0]).toMatch(/^id,status,severity,.*updatedAt$/);
  });

  it('holds every alert, however many, also while new ones come', async () => {
    const many = Array.from({ length: 15_000 }, (_, index) =>
      alert({
        fingerprint: (0xe00000 + index).toString(16),
        startsAt: MANY_AT,
        labels: { csv: '2' },
        annotations: { description: 'x'.repeat(1000) },
      }),
    );
    await history.notify(many);
    const text = await history.text('/api/v1/alerts.csv?label=csv%3D2');
    const prints = text
      .split('\r\n')
      .slice(1, -1)
      .map((line) => /,(e[0-9a-f]{5}),/.exec(line)?.[1]);
    expect(new Set(prints).size).toBe(15_000);
    expect(prints).toHaveLength(15_000);
  });
});

describeWithEngine('acknowledging', () => {
  const form = async (id: string, by: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${history.base}/alerts/${id}/acknowledge`, { method: 'POST', body: new URLSearchParams({ by }), headers, redirect: 'manual' });
  let id: string;
  beforeAll(async () => {
    await history.notify([alert({ fingerprint: 'f1', startsAt: ago(0, -10) })]);
    id = (await history.list('fingerprint=f1')).alerts[0]?.id ?? '';
  });

  it.each([{ origin: 'http://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }])(
    'is refused to a page of another site: %j',
    async (headers) => {
      expect((await form(id, 'Eve', headers as Record<string, string>)).status).toBe(403);
      expect((await history.list('fingerprint=f1')).alerts[0]).toMatchObject({ acknowledgedBy: null });
    },
  );

  it('needs a name', async () => {
    for (const name of ['', '  ', 'x'.repeat(101)]) expect((await form(id, name)).status).toBe(400);
  });

  it('notes who and when, once', async () => {
    const answer = await form(id, ' Anna <b> ', { origin: history.base, 'sec-fetch-site': 'same-origin' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/alerts/${id}`]);
    const second = await fetch(`${history.base}/api/v1/alerts/${id}/acknowledge`, { method: 'POST', body: '{"by":"Bert"}' });
    expect([second.status, await second.text()]).toEqual([409, expect.stringContaining('Anna')]);
    const { alerts } = await history.list('fingerprint=f1&acknowledged=yes');
    expect(alerts[0]).toMatchObject({ acknowledgedBy: 'Anna <b>' });
    expect(Number(alerts[0]?.['secondsToAcknowledge'])).toBeGreaterThanOrEqual(600);
    expect(Number(alerts[0]?.['secondsToAcknowledge'])).toBeLessThan(1200);
    expect(await history.text(`/alerts/${id}`)).toContain('by Anna &lt;b&gt;');
    // A later notification takes nothing back.
    await history.notify([alert({ fingerprint: 'f1', startsAt: String(alerts[0]?.['startsAt']), endsAt: ago(0) })]);
    expect((await history.list('fingerprint=f1')).alerts[0]).toMatchObject({ acknowledgedBy: 'Anna <b>', status: 'resolved' });
  });

  it('of an alert that is not there says so', async () => {
    expect((await form('999999', 'Anna')).status).toBe(404);
  });
});

describeWithEngine('the noise page', () => {
  it('counts alerts by name and week, with the medians of their times', async () => {
    const week = (back: number, minutes: number, print: string): object =>
      alert({ fingerprint: print, startsAt: ago(7 * back), endsAt: ago(7 * back, minutes), labels: { alertname: 'Loud', noise: '1' } });
    await history.notify([week(0, 1, 'ab1'), week(1, 3, 'ab2'), week(1, 9, 'ab3'), week(30, 5, 'ab4')]);
    const { weeks, alerts } = await history.json<{ weeks: string[]; alerts: object[] }>('/api/v1/noise?weeks=4&label=noise%3D1');
    expect(weeks).toHaveLength(4);
    expect(alerts).toEqual([
      {
        ...{ alertname: 'Loud', severity: 'warning', total: 3, perWeek: [0, 0, 2, 1], acknowledged: 0 },
        ...{ medianSecondsToAcknowledge: null, medianSecondsToResolve: 180 },
      },
    ]);
    expect(await history.text('/noise')).toContain('alertname=Loud');
    expect((await fetch(`${history.base}/noise?weeks=0`)).status).toBe(400);
  });
});

describeWithEngine('retention', () => {
  it('removes what ended before it, all of it, and nothing else', async () => {
    const old = Array.from({ length: 450 }, (_, index) =>
      alert({ fingerprint: (0xa00000 + index).toString(16), startsAt: ago(12), endsAt: ago(11), labels: { age: 'old' } }),
    );
    const young = alert({ fingerprint: 'a1', startsAt: ago(12), endsAt: ago(9), labels: { age: 'young' } });
    const firing = alert({ fingerprint: 'a2', startsAt: ago(300), labels: { age: 'firing' } });
    await history.notify([...old, young, firing]);
    const totals = async (): Promise<number[]> =>
      Promise.all(['old', 'young', 'firing'].map(async (age) => (await history.list(`label=age%3D${age}&limit=1`)).total));
    expect(await totals()).toEqual([450, 1, 1]);
    await history.start({ HISTORY_RETENTION_DAYS: '10' });
    await expect.poll(totals, { timeout: 120_000 }).toEqual([0, 1, 1]);
  });
});
