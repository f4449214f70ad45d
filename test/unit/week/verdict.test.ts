import { describe, expect, it } from 'vitest';
import { weekEvent, type WeekEvent } from '../../week/shared/event.ts';
import { firedIn } from '../../week/shared/fired.ts';
import { runWeek } from '../../week/shared/run.ts';
import { falseAlarms, weekProblems, type FalseAlarm } from '../../week/shared/verdict.ts';

const got = (time: string, ...alerts: readonly string[]): string =>
  `expr: "ALERTS{alertstate=\\"firing\\"}", time: ${time},\n        exp: nil\n        got: ${alerts.map((labels) => `{__name__="ALERTS", ${labels}} 1E+00`).join(', ')}`;
const event = (allowed: WeekEvent['allowed'] = {}): WeekEvent => weekEvent({ title: 'a walk', lasts: '10s', happenings: [], allowed });
const warning: FalseAlarm = { event: 'a walk', alert: 'High', severity: 'warning', at: 75, labels: { alertname: 'High', disk: 'a' } };

describe('what fires', () => {
  it('is read from expectations of silence that are not met', () => {
    const failures = [
      got('1m5s', 'alertname="A", alertstate="firing", path="a \\"b\\", {c}"', 'alertname="B", alertstate="firing"'),
      'expr: "up"',
    ];
    expect([...firedIn(failures)]).toEqual([[65, [{ alertname: 'A', path: 'a "b", {c}' }, { alertname: 'B' }]]]);
  });

  it('must be looked for at every evaluation', async () => {
    const events = new Map([['walk', event()]]);
    const files = { rules: new Map(), tests: new Map([['walk.test.json', '']]), digest: '' };
    const run = async (...times: readonly string[]) =>
      runWeek(events, files, async () =>
        Promise.resolve(
          new Map([['walk.test.json', { passed: false, failure: '', failures: times.map((time) => got(time, 'alertname="Watchdog"')) }]]),
        ),
      );
    expect([...(await run('0s', '5s', '10s')).keys()]).toEqual(['a walk']);
    await expect(run('0s', '5s')).rejects.toThrow('promtool evaluated walk.test.json 2 times');
  });
});

describe('false alarms', () => {
  it('are messages: one for the alerts of a group, from the first moment at which one is not held back', () => {
    const fire = (alertname: string, instance: string, severity = 'critical') => ({ alertname, instance, service: 's', severity });
    const rules = [{ source_matchers: ['severity="info"'], target_matchers: ['alertname="Down"'], equal: ['instance'] }];
    const timeline = new Map([
      [0, [fire('Deployment', 'a', 'info'), fire('Down', 'a')]],
      [15, [fire('Down', 'a'), fire('Down', 'b')]],
    ]);
    expect(falseAlarms('a walk', timeline, rules)).toEqual([
      { event: 'a walk', alert: 'Down', severity: 'critical', at: 15, labels: fire('Down', 'a') },
    ]);
  });

  it('are a problem if they page, or if their event does not allow them', () => {
    expect(weekProblems([event()], [warning])).toEqual(['a walk: High (warning) after 1m15s: disk=a']);
    expect(weekProblems([event({ High: 'good to know' })], [warning])).toEqual([]);
    const page = { ...warning, severity: 'critical' };
    expect(weekProblems([event({ High: 'good to know' })], [page])).toEqual([
      'a walk: High (critical) after 1m15s: disk=a',
      'a walk: allows High, which does not fire',
    ]);
  });

  it('are a problem if there are more than three warnings in all', () => {
    const warnings = ['A', 'B', 'C', 'D'].map((alert) => ({ ...warning, alert }));
    const allowed = Object.fromEntries(warnings.map(({ alert }) => [alert, 'good to know']));
    expect(weekProblems([event(allowed)], warnings)).toEqual(['4 warnings in the whole week, at most 3 may be']);
  });
});
