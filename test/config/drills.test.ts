import { MODULE_NAMES } from '../../scripts/modules/index.ts';
import { sloAlerts } from '../dev/report/slo-alerts.ts';
import { ROOT } from '../../scripts/base/files.ts';
import { MAIN_TURN } from '../drills/drill.ts';
import { drills } from '../drills/all.ts';
import { checkedInRules } from '../drills/promise.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Those of the modules: an alert of one's own, in a file of one's own, is nobody else's to break. */
const rules = checkedInRules().filter(({ path }) => [...MODULE_NAMES, 'stack'].some((module) => path === `prometheus/rules/${module}.yml`));
/** With those that are made of every promise of a service. */
const all = [...rules, ...sloAlerts()];
const drilled = new Set(drills.map(({ alert }) => alert));
const critical = all.filter(({ labels }) => labels['severity'] === 'critical').map(({ alert }) => alert);

describe('drills', () => {
  it('break something for every critical alert', () => {
    expect(critical).toContain('SLOBurnRateFast');
    expect(critical.filter((alert) => !drilled.has(alert))).toEqual([]);
  });

  it('brought every critical alert to the receiver in time when they were last run', () => {
    const results = JSON.parse(readFileSync(join(ROOT, 'test/reports/drills.json'), 'utf8')) as Readonly<
      Record<string, { readonly inTime: boolean; readonly faults: readonly { readonly fault: string }[] }>
    >;
    const faults = (alert: string) => drills.filter((drill) => drill.alert === alert).map(({ fault }) => fault);
    const done = (alert: string) => results[alert]?.faults.map(({ fault }) => fault) ?? [];
    expect(critical.filter((alert) => results[alert]?.inTime !== true)).toEqual([]);
    // A fault that was added since has not been tried: npm run drill -- <alert>.
    expect(critical.filter((alert) => faults(alert).some((fault) => !done(alert).includes(fault)))).toEqual([]);
  });

  it('expect alerts that there are, with the severity that they have', () => {
    const severities = new Map(all.map(({ alert, labels }) => [alert, labels['severity']]));
    expect(drills.filter(({ alert, severity }) => severities.get(alert) !== severity).map(({ alert }) => alert)).toEqual([]);
  });

  it('can be told apart: an alert with several faults has a fault and an instance for each', () => {
    const twice = (values: readonly string[]): readonly string[] => values.filter((value, index) => values.indexOf(value) !== index);
    expect(twice(drills.map(({ alert, fault }) => `${alert}: ${fault}`))).toEqual([]);
    expect(twice(drills.filter(({ turn = MAIN_TURN }) => turn === MAIN_TURN).map(({ alert, of = '' }) => `${alert} ${of}`))).toEqual([]);
  });

  it('break in every test run what breaks everywhere', () => {
    const often = new Set(drills.filter(({ slow }) => slow !== true).map(({ alert }) => alert));
    const everywhere = [
      ...['RedisDown', 'RedisCriticalMemory', 'RedisEvictions', 'RedisRdbSaveFailed', 'RedisExporterDown'],
      ...['PostgreSQLDown', 'PostgreSQLCriticalConnections', 'PostgreSQLDeadlocks', 'PostgreSQLLongRunningTransaction'],
      ...['PostgreSQLReplicationBroken', 'PostgreSQLReplicationSlotInactive'],
      ...['ContainerOOMKilled', 'ContainerRestartLoop', 'CriticalDiskUsage', 'CriticalCPUUsage'],
      ...['EndpointDown', 'EndpointHighLatency', 'CertificateExpiresIn7Days', 'CertificateExpired'],
      ...['CriticalErrorRate', 'HighResponseTime', 'QueueStuck', 'PaymentCallbackFailures'],
      ...['AlertmanagerDown', 'NotificationsFailing'],
    ];
    expect(everywhere.filter((alert) => !often.has(alert))).toEqual([]);
  });

  it('name each victim once', () => {
    const victims = [...new Set(drills.flatMap((drill) => drill.victims))].map(({ name }) => name);
    expect(new Set(victims).size).toBe(victims.length);
  });
});

it('every alert had series on a stack of real exporters when that was last looked at', () => {
  // Written by PHAROS_REPORTS=yes npm test -- test/fleet/fleet.test.ts, where every image is to be had.
  const seen = JSON.parse(readFileSync(join(ROOT, 'test/reports/can-fire.json'), 'utf8')) as Readonly<
    Record<string, { readonly canFire: boolean }>
  >;
  expect(rules.filter(({ alert }) => seen[alert]?.canFire !== true).map(({ alert }) => alert)).toEqual([]);
});
