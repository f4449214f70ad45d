import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../../../scripts/base/files.ts';
import { heldByDeployments } from '../../../scripts/rules/deployment.ts';

describe('heldByDeployments', () => {
  const held = heldByDeployments(parse(readFileSync(join(ROOT, 'alertmanager/alertmanager.yml'), 'utf8'), { merge: true }));

  it.each(['ServiceDown', 'EndpointDown', 'TargetDown', 'PostgreSQLDown', 'TCPProbeFailed', 'HealthCheckFailing', 'ShopDown'])(
    '%s',
    (alert) => {
      expect(held(alert)).toBe(true);
    },
  );

  it.each(['ContainerRestartLoop', 'ContainerOOMKilled', 'CriticalErrorRate', 'ServerDownHill', 'DNSProbeFailedOften'])(
    'not %s',
    (alert) => {
      expect(held(alert)).toBe(false);
    },
  );

  const rule = (target: string, equal = ['target_host'], source = 'alertname="DeploymentInProgress"') =>
    heldByDeployments({ inhibit_rules: [{ source_matchers: [source], target_matchers: [target], equal }] });
  it('reads single names as they are, and leaves other labels and broken expressions alone', () => {
    expect([rule('alertname="Shop.Down"')('Shop.Down'), rule('alertname="Shop.Down"')('ShopXDown')]).toEqual([true, false]);
    expect(rule('severity="critical"')('critical')).toBe(false);
    expect(rule('alertname=~"("')('(')).toBe(false);
  });

  it('reads only rules about deployments and targets', () => {
    expect(rule('alertname="A"', ['instance'])('A')).toBe(false);
    expect(rule('alertname="A"', ['target_host'], 'alertname="ServerDown"')('A')).toBe(false);
  });

  it.each([undefined, null, 'x', { inhibit_rules: 3 }])('finds nothing in %s', (config) => {
    expect(heldByDeployments(config)('ServiceDown')).toBe(false);
  });
});
