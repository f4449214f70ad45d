import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { belongsToCopy, isWithin, planNewProject, projectName, takenBy } from '../../../scripts/copy/plan.ts';
import { ROOT } from '../../../scripts/base/files.ts';

const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
const taken = (ports: readonly number[] = [], projects: readonly string[] = []) => ({ ports: new Set(ports), projects: new Set(projects) });

describe('planNewProject', () => {
  it('shifts every published port by one step, and not node exporter’s', () => {
    const plan = planNewProject('/srv/shop', example, taken());
    expect(plan?.ports).toEqual({
      GRAFANA_PORT: 3101,
      PROMETHEUS_PORT: 9190,
      ALERTMANAGER_PORT: 9193,
      HISTORY_PORT: 9195,
      LOKI_PORT: 3200,
      PUSHGATEWAY_PORT: 9191,
    });
    expect(plan?.envText).toContain('\nNODE_EXPORTER_PORT=9100\n');
    expect(plan?.envText).toContain('\nCOMPOSE_PROJECT_NAME=shop\n');
  });

  it('takes the next step where one port of a step is taken', () => {
    expect(planNewProject('/srv/shop', example, taken([9191]))?.shift).toBe(200);
    expect(planNewProject('/srv/shop', example, taken([9191, 3201]))?.shift).toBe(300);
  });

  it('gives up where there is no room', () => {
    expect(planNewProject('/srv/shop', example.replace('GRAFANA_PORT=3001', 'GRAFANA_PORT=65500'), taken())).toBeUndefined();
  });

  it('keeps clear of what its own plans have taken', () => {
    const first = planNewProject('/srv/shop', example, taken());
    const { project, ports } = takenBy(first?.envText ?? '');
    expect(planNewProject('/srv/shop', example, taken(ports, [project ?? '']))).toMatchObject({ project: 'shop-2', shift: 200 });
  });
});

describe('projectName', () => {
  it.each([
    ['/srv/shop-monitoring', 'shop-monitoring'],
    ['/srv/Shöp Monitoring!', 'shop-monitoring'],
    ['/srv/_x.y', 'x-y'],
    ['/srv/商店', 'monitoring'],
    ['/srv/taken', 'taken-3'],
  ])('%s: %s', (folder, name) => {
    expect(projectName(folder, new Set(['taken', 'taken-2']))).toBe(name);
  });
});

describe('isWithin', () => {
  it.each([
    ['/a/b', '/a/b', true],
    ['/a/b/c', '/a/b', true],
    ['/a/bc', '/a/b', false],
    ['/a', '/a/b', false],
    ['/a/b/..c', '/a/b', true],
  ])('%s in %s: %s', (path, folder, within) => {
    expect(isWithin(path, folder)).toBe(within);
  });
});

describe('belongsToCopy', () => {
  const ignored = ['node_modules/', '*.log', '# a comment', '', '/dist', 'tmp?/', '.env*', '!.env.example'];
  it.each([
    ['package.json', true],
    ['.env', false],
    ['.env.example', true],
    ['.env.new', false],
    ['secrets/x', false],
    ['secrets/', false],
    ['docs/secrets/x', true],
    ['a/node_modules/x', false],
    ['a/debug.log', false],
    ['a/debug.logs', true],
    ['dist/x', false],
    ['a/dist', true],
    ['tmp1/x', false],
    ['tmp1', true],
  ])('%s: %s', (path, belongs) => {
    expect(belongsToCopy(path, ignored)).toBe(belongs);
  });
});
