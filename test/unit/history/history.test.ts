import { describe, expect, it } from 'vitest';
import { renderText } from '../../../exporters/common/text.ts';
import { readEnvironment } from '../../../alertmanager/history/environment.ts';
import { escapeHtml, html, link } from '../../../alertmanager/history/html.ts';
import { duration, time } from '../../../alertmanager/history/format.ts';
import { BadRequest, parseNotification } from '../../../alertmanager/history/payload.ts';
import { parseQuery, whereClause } from '../../../alertmanager/history/query.ts';
import { createTestAlerts, parseTestAlert } from '../../../alertmanager/history/test-alerts.ts';

const alert = {
  status: 'firing',
  fingerprint: 'ab',
  startsAt: '2026-01-01T00:00:00+01:00',
  endsAt: '0001-01-01T00:00:00Z',
  labels: { alertname: 'A' },
  annotations: {},
  generatorURL: 'http://p',
};
const body = (change: object = {}, alertChange: object = {}): string =>
  JSON.stringify({
    version: '4',
    receiver: 'r',
    groupKey: 'g',
    externalURL: 'http://a',
    alerts: [{ ...alert, ...alertChange }],
    ...change,
  });

describe('parseNotification', () => {
  it('reads what Alertmanager sends, with times in UTC', () => {
    expect(parseNotification(body())).toMatchObject({
      receiver: 'r',
      alerts: [{ startsAt: '2025-12-31T23:00:00.000Z', endsAt: '', status: 'firing' }],
    });
  });
  it.each([
    ['{', 'not JSON'],
    ['[]', 'not a JSON object'],
    [body({ version: '3' }), 'version'],
    [body({ alerts: {} }), 'alerts is not a list'],
    [body({}, { status: 'on' }), 'alerts[0].status'],
    [body({}, { fingerprint: '../x' }), 'alerts[0].fingerprint'],
    [body({}, { startsAt: 'now' }), 'alerts[0].startsAt'],
    [body({}, { labels: { alertname: 1 } }), 'alerts[0].labels'],
    [body({}, { labels: {} }), 'no alertname'],
  ])('refuses %s', (text, message) => {
    expect(() => parseNotification(text)).toThrow(BadRequest);
    expect(() => parseNotification(text)).toThrow(message);
  });
});

describe('parseQuery', () => {
  const query = (text: string) => parseQuery(new URLSearchParams(text));
  it('reads filters', () => {
    expect(query('status=firing&severity=critical&label=a%3Db%3Dc&q=x&since=2026-01-01&limit=5')).toEqual({
      status: 'firing',
      equal: { severity: 'critical' },
      labels: [['a', 'b=c']],
      text: 'x',
      since: '2026-01-01T00:00:00.000Z',
      limit: 5,
      offset: 0,
    });
  });
  it.each(['statu=x', 'status=on', 'limit=0', 'limit=x', 'offset=-1', 'since=yesterday', 'label=x'])(
    'names the parameter in %s',
    (text) => {
      expect(() => query(text)).toThrow(text.split('=')[0] ?? '');
    },
  );
  it('puts no word of the request into the SQL', () => {
    const { sql, values } = whereClause(query("severity=x'--&q=%25'&label=k'%3Dv"));
    expect(sql).not.toMatch(/'--|%'|k'/);
    expect(values).toEqual(["x'--", "k'", 'v', "%'"]);
  });
});

describe('test alerts', () => {
  const labels = { nonce: 'n', severity: 'critical', category: 'stack' };
  const parse = (value: unknown) => parseTestAlert(JSON.stringify(value), 1000);
  it('end by themselves', () => {
    const alerts = createTestAlerts();
    alerts.add(parse({ labels, ttlSeconds: 10 }));
    expect(alerts.active(10_999)).toHaveLength(1);
    expect(alerts.active(11_000)).toHaveLength(0);
    expect(alerts.remove('n')).toBe(false);
  });
  it.each([
    [{ labels: { ...labels, nonce: '' } }, 'labels.nonce is missing'],
    [{ labels: { ...labels, 'a-b': 'x' } }, 'not a label name'],
    [{ labels: { ...labels, __name__: 'x' } }, 'not a label name'],
    [{ labels: { ...labels, instance: 'x' } }, 'set by Prometheus'],
    [{ labels: { ...labels, a: 'x'.repeat(201) } }, 'longer than 200'],
    [{ labels, ttlSeconds: 601 }, 'ttlSeconds'],
  ])('refuse %j', (value, message) => {
    expect(() => parse(value)).toThrow(message);
  });
});

it('renderText escapes label values', () => {
  expect(renderText([{ name: 'm', help: 'h', type: 'gauge', samples: [{ labels: { a: 'x"\\\n' }, value: 1 }, { value: 2 }] }])).toBe(
    '# HELP m h\n# TYPE m gauge\nm{a="x\\"\\\\\\n"} 1\nm 2\n',
  );
});

describe('html', () => {
  it('escapes every text and keeps what is HTML already', () => {
    expect(html`<p title="${'"x'}">${'<b>'}${html`<i>${'&'}</i>`}${[html`1`, html`2`]}</p>`.html).toBe(
      '<p title="&quot;x">&lt;b&gt;<i>&amp;</i>12</p>',
    );
    expect(escapeHtml("'")).toBe('&#39;');
  });
  it('links only to the web', () => {
    expect(link('https://x/?a="b', 't').html).toBe('<a href="https://x/?a=&quot;b" rel="noreferrer">t</a>');
    expect(link('javascript:alert(1)', 'javascript:alert(1)').html).toBe('javascript:alert(1)');
  });
});

it('duration and time read as people say them', () => {
  const from = '2026-01-01T00:00:00.000Z';
  const after = (seconds: number): string => duration(from, Date.parse(from) + seconds * 1000);
  expect([5, 65, 3600, 3660, 90_000, 172_800].map(after)).toEqual(['5 s', '1 min', '1 h', '1 h 1 min', '1 d 1 h', '2 d']);
  expect(time(from)).toBe('2026-01-01 00:00:00 UTC');
});

it('readEnvironment names everything that is wrong', () => {
  expect(readEnvironment({})).toEqual({
    ...{ port: 9095, dataDir: '/data', runbooksDir: '/runbooks', retentionDays: 365 },
    alertmanagerUrl: 'http://alertmanager:9093',
    prometheusUrl: 'http://prometheus:9090',
  });
  expect(() => readEnvironment({ PORT: 'x', HISTORY_RETENTION_DAYS: '0' })).toThrow(/PORT is "x".*; HISTORY_RETENTION_DAYS is "0"/);
  expect(() => readEnvironment({ HISTORY_STORE: 'appwrite' })).toThrow(/APPWRITE_ENDPOINT.*; APPWRITE_PROJECT_ID/);
});
