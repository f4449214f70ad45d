import { describe, expect, it } from 'vitest';
import type { Drill, DrillResult } from '../../drills/shared/drill.ts';
import { checkedInRules, limitsOf, missedLimit } from '../../drills/shared/limits.ts';

const { alert: held, hold } = checkedInRules().find((rule) => /^\d+s$/.test(rule.hold)) ?? { alert: '', hold: '' };
const drill = (more: Partial<Drill> = {}): Drill => ({
  ...{ alert: 'NoSuchAlert', severity: 'critical', fault: 'stopped', targets: [] },
  ...{ inject: async () => undefined, remove: async () => undefined },
  ...more,
});
const result = (more: Partial<DrillResult> = {}): DrillResult => ({
  ...{ alert: 'NoSuchAlert', severity: 'critical', fault: 'stopped', toAlert: 58, toNotification: 70, toResolved: 30 },
  messages: [70, 131],
  runbook: [],
  ...more,
});

describe('limitsOf', () => {
  it.each([
    ['an emergency', { severity: 'emergency', down: true }, 60, 60],
    ['what is down', { down: true }, 90, 90],
    ['another critical alert without a hold time', {}, 60, 90],
    ['a warning', { severity: 'warning' }, 300, 330],
    ['a drill with a limit of its own', { down: true, within: 240 }, 240, 240],
  ] as const)('%s', (_, more, toAlert, toNotification) => {
    expect(limitsOf(drill(more))).toEqual({ toAlert, toNotification });
  });

  it('adds the hold time of the rule', () => {
    const toAlert = 60 + parseInt(hold, 10);
    expect(limitsOf(drill({ alert: held }))).toEqual({ toAlert, toNotification: toAlert + 30 });
  });
});

describe('missedLimit', () => {
  it.each([
    [undefined, {}, {}],
    [undefined, {}, { messages: undefined }],
    ['firing after more than 60 s', {}, { toAlert: 61 }],
    ['more than 30 s from firing to the receiver', {}, { toAlert: 20 }],
    ['at the receiver after more than 90 s', { down: true }, { toAlert: 85, toNotification: 91 }],
    ['at the receiver after more than 60 s', { severity: 'emergency' }, { toAlert: 55, toNotification: 61 }],
    ['3 messages instead of 2', {}, { messages: [70, 131, 191] }],
    ['more than one message a minute', {}, { messages: [70, 85] }],
    ['no resolved notice in time', {}, { toResolved: undefined, messages: [70] }],
    ["the runbook's command fails: redis-cli ping: hangs", {}, { runbook: ['redis-cli ping: hangs', 'npm run logs: 1'] }],
  ] as const)('%s', (missed, of, measured) => {
    expect(missedLimit(drill(of), result(measured))).toBe(missed);
  });
});
