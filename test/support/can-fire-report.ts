import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AlertSight } from '../../scripts/doctor/blind.ts';
import { ROOT } from '../../scripts/base/files.ts';

/**
 * Leaves for `npm run rules:report` which alerts can fire, where it is asked for: PHAROS_REPORTS=yes npm test -- test/fleet/fleet.test.ts.
 *
 * @param elsewhere alerts on what this machine does not have: nothing is said of them
 */
export function reportCanFire(alerts: readonly AlertSight[], elsewhere: ReadonlySet<string>): void {
  if (process.env['PHAROS_REPORTS'] === undefined) return;
  const path = join(ROOT, 'test/reports/can-fire.json');
  const seen = alerts
    .filter(({ alert, blind }) => blind === undefined || !elsewhere.has(alert))
    .map(({ alert, blind }) => [alert, blind === undefined ? { canFire: true } : { canFire: false, why: blind.why }] as const);
  mkdirSync(dirname(path), { recursive: true });
  const sorted = seen.sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}
