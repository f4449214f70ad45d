import { describe, expect, it } from 'vitest';
import { unknownServices } from '../../scripts/doctor/log-services.ts';

const SERVICES = ['history', 'prometheus', 'grafana'];
const said = (...args: readonly string[]): readonly (string | undefined)[] => unknownServices(args, SERVICES).map(({ fix }) => fix);

describe('the services of npm run logs', () => {
  it('are looked up, and the nearest name is offered', () => {
    expect(said('histroy')).toEqual(['Did you mean history?']);
    expect(said('prometheus', 'something-else')).toEqual(['The stack has history, prometheus, grafana.']);
  });

  it('are distinguished from options and their values', () => {
    expect(said()).toEqual([]);
    expect(said('--follow', '--tail', '50', '-n', '3', '--since=10m', '--since', '10m', 'grafana')).toEqual([]);
  });
});
