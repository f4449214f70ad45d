import { describe, expect, it } from 'vitest';
import { inhibitRules, uninhibited } from '../../week/shared/inhibition.ts';

const RULES = inhibitRules(`inhibit_rules:
  - source_matchers: [alertname=~"ServerDown|ServerUnreachable", server!=""]
    target_matchers: [alertname!~"ServerDown|ServerUnreachable"]
    equal: [server]
  - source_matchers: [alertname="DeploymentInProgress"]
    target_matchers: [severity="critical"]
    equal: [target_host, project]
  - source_matchers: [severity="critical"]
    target_matchers: [severity=~"critical|warning"]
    equal: [disk]
`);
const left = (...firing: readonly Record<string, string>[]): readonly (string | undefined)[] =>
  uninhibited(firing, RULES).map(({ alertname }) => alertname);

describe('inhibition', () => {
  it('holds back what another alert explains, with the same labels only', () => {
    const down = { alertname: 'ServerDown', server: 'a' };
    expect(left(down, { alertname: 'RedisDown', server: 'a' }, { alertname: 'NginxDown', server: 'b' })).toEqual([
      'ServerDown',
      'NginxDown',
    ]);
  });

  it('takes a label that both lack as equal, unless a matcher demands one', () => {
    const deployment = { alertname: 'DeploymentInProgress', target_host: 'web' };
    expect(left(deployment, { alertname: 'ServiceDown', severity: 'critical', target_host: 'web' })).toEqual(['DeploymentInProgress']);
    expect(left(deployment, { alertname: 'ServiceDown', severity: 'critical', target_host: 'db' })).toHaveLength(2);
    expect(left({ alertname: 'ServerDown' }, { alertname: 'RedisDown' })).toHaveLength(2);
  });

  it('never lets two alerts hold back each other', () => {
    expect(left({ alertname: 'A', severity: 'critical', disk: 'a' }, { alertname: 'B', severity: 'critical', disk: 'a' })).toHaveLength(2);
    expect(left({ alertname: 'A', severity: 'critical', disk: 'a' }, { alertname: 'B', severity: 'warning', disk: 'a' })).toEqual(['A']);
  });

  it('matches the whole value, and refuses what is no matcher', () => {
    expect(left({ alertname: 'ServerDownAgain', server: 'a' }, { alertname: 'RedisDown', server: 'a' })).toHaveLength(2);
    expect(() => uninhibited([{ alertname: 'A' }], [{ source_matchers: ['a'], target_matchers: ['alertname'] }])).toThrow('not a matcher');
  });
});
