import { describe, expect, it } from 'vitest';
import { isAboutNow, pendingAlerts, pendingOf, pendingSection } from '../../../alertmanager/history/pending.ts';

const alert = (state: string, alertname: string, activeAt: string) => ({
  state,
  activeAt,
  labels: { alertname, severity: 'critical', instance: 'db' },
  annotations: { summary: '<down>' },
});
const answer = {
  data: {
    groups: [
      {
        rules: [
          { duration: 300, alerts: [alert('pending', 'Slow', '2026-01-01T00:00:00.5Z')] },
          { duration: 50, alerts: [alert('pending', 'Down', '2026-01-01T00:00:20Z'), alert('firing', 'Down', '2026-01-01T00:00:00Z')] },
        ],
      },
    ],
  },
};
const down = {
  alertname: 'Down',
  severity: 'critical',
  instance: 'db',
  summary: '<down>',
  activeAt: '2026-01-01T00:00:20Z',
  holdSeconds: 50,
};

describe('pending alerts', () => {
  it('are those that wait for their hold time, the next to fire first', () => {
    expect(pendingOf(answer)).toEqual([down, { ...down, alertname: 'Slow', activeAt: '2026-01-01T00:00:00.5Z', holdSeconds: 300 }]);
  });

  it.each([undefined, {}, { data: {} }, { data: { groups: [{ rules: [{}] }] } }])('are none in %j', (nothing) => {
    expect(pendingOf(nothing)).toEqual([]);
  });

  it('are unknown where Prometheus does not answer', async () => {
    expect(await pendingAlerts('http://127.0.0.1:1')).toBeUndefined();
    expect(pendingSection(undefined, 0).html).toContain('Prometheus does not answer');
  });

  it('are shown with the time that is left, as text', () => {
    const { html } = pendingSection([down], Date.parse('2026-01-01T00:00:40Z'));
    expect(html).toContain('fires in 30 s');
    expect(html).toContain('Down on db <span>&lt;down&gt;</span>');
    expect(html).toContain('class="alert pending critical"');
  });

  it.each([
    ['', true],
    ['status=firing', true],
    ['limit=10', true],
    ['status=firing&severity=&q=&since=', true],
    ['status=resolved', false],
    ['service=shop', false],
    ['offset=100', false],
  ])('belong to a list with %j: %s', (parameters, expected) => {
    expect(isAboutNow(new URLSearchParams(parameters))).toBe(expected);
  });
});
