import { expect, it } from 'vitest';
import { readInterval } from '../../../scripts/alertmanager/time-interval.ts';
import type { ActiveAlert } from '../../../scripts/clients/prometheus.ts';
import { shownAlerts, shownWindows } from '../../../scripts/doctor/stack-status.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');

it('shownAlerts keeps pending apart, with the rest of its hold time, and leaves the Watchdog out', () => {
  const alert = (alertname: string, state: ActiveAlert['state'], secondsAgo: number, holdSeconds: number): ActiveAlert => ({
    labels: { alertname, severity: 'critical', instance: 'x' },
    annotations: { summary: `${alertname} is on` },
    activeAt: new Date(NOW - secondsAgo * 1000).toISOString(),
    state,
    holdSeconds,
  });
  const { firing, pending } = shownAlerts(
    [
      alert('Slow', 'pending', 60, 300),
      alert('Down', 'pending', 18, 50),
      // Its last evaluation is some seconds old.
      alert('Late', 'pending', 55, 50),
      alert('Gone', 'firing', 90, 50),
      alert('Watchdog', 'firing', 90, 0),
    ],
    NOW,
  );
  expect(firing).toEqual([
    { alertname: 'Gone', severity: 'critical', instance: 'x', summary: 'Gone is on', since: '2026-01-01T11:58:30.000Z' },
  ]);
  expect(pending.map(({ alertname, firesIn }) => [alertname, firesIn])).toEqual([
    ['Late', 0],
    ['Down', 32],
    ['Slow', 240],
  ]);
});

it('shownWindows names those that last now or begin within a day', () => {
  const window = (name: string, interval: object) => ({ name, matchers: [], intervals: [readInterval(interval).interval], written: [] });
  const at = (start: string, end: string) => ({ times: [{ start_time: start, end_time: end }] });
  expect(
    shownWindows([window('now', at('11:00', '13:00')), window('soon', at('11:00', '11:30')), window('far', { months: ['june'] })], NOW),
  ).toEqual([
    { name: 'now', what: 'all alerts', state: 'active', from: undefined, until: '2026-01-01T13:00:00.000Z' },
    { name: 'soon', what: 'all alerts', state: 'soon', from: '2026-01-02T11:00:00.000Z', until: '2026-01-02T11:30:00.000Z' },
  ]);
});
