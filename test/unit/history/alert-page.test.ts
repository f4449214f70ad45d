import { expect, it } from 'vitest';
import type { StoredAlert } from '../../../alertmanager/history/alert.ts';
import { alertPage } from '../../../alertmanager/history/alert-page.ts';

const LABELS = { alertname: 'DiskFull', service: 'shop', instance: 'web-1', mountpoint: '/a "b"' };
const alert = {
  ...{ id: '1', alertname: 'DiskFull', instance: 'web-1', severity: 'critical', status: 'firing', summary: 'The disk is full' },
  ...{
    description: '',
    impact: '',
    runbook: 'http://h/runbooks/node/DiskFull',
    generatorURL: 'http://p/graph',
    groupKey: '',
    fingerprint: 'f',
  },
  ...{ externalURL: 'http://am', startsAt: '2026-01-01T00:00:00.000Z', endsAt: null, acknowledgedAt: null, acknowledgedBy: null },
  ...{
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    labels: LABELS,
    annotations: {},
    raw: {},
    receivers: [],
  },
} as unknown as StoredAlert;
const page = (change: Partial<StoredAlert> = {}): string =>
  alertPage({ ...alert, ...change }, { answer: [], entries: [] }, Date.parse('2026-01-01T00:05:00Z'));

it('leads to the runbook, the graph and a new silence for just this alert', () => {
  expect(page()).toContain('<a href="http://h/runbooks/node/DiskFull" rel="noreferrer">Runbook</a>');
  expect(page()).toContain('<a href="http://p/graph" rel="noreferrer">Graph</a>');
  const [, filter = ''] = /href="http:\/\/am\/#\/silences\/new\?filter=([^"]+)"/.exec(page()) ?? [];
  expect(decodeURIComponent(filter.replaceAll('&#39;', "'"))).toBe(
    String.raw`{alertname="DiskFull",service="shop",instance="web-1",mountpoint="/a \"b\""}`,
  );
});

it('offers no link where there is no address, and none that is not http', () => {
  const bare = page({ runbook: 'javascript:alert(1)', generatorURL: '', externalURL: '' });
  expect(bare).not.toContain('href="javascript');
  expect(bare).not.toMatch(/>(Graph|Silence)</);
});
