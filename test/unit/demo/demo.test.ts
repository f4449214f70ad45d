import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readDatabases } from '../../../exporters/vector/environment.ts';
import { dashboardFiles } from '../../../grafana/src/index.ts';
import { demoDashboards, demoParts, demoTargets, wantedExporters } from '../../../scripts/demo/plan.ts';
import { demoDatabases } from '../../../scripts/modules/vector/demo.ts';

interface Group {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}
const PARTS = demoParts([]);
const DEMO_EXPORTERS = wantedExporters(PARTS, ['apps']);
const groupsOf = (text = ''): readonly Group[] => parse(text) as Group[];

describe('demoDashboards', () => {
  it('names those that there are, and only the one that lives without the module apps', () => {
    const boards = [...dashboardFiles().keys()];
    for (const uid of demoDashboards(PARTS, ['apps'])) expect(boards).toContain(`${uid}.json`);
    expect(demoDashboards(PARTS, ['apps'])).toEqual(['overview', 'applications', 'vector']);
    expect(demoDashboards(PARTS, ['node', 'blackbox'])).toEqual(['overview']);
  });
});

describe('demoTargets', () => {
  it('makes files of the modules that are on, and of no other', () => {
    const paths = (...modules: readonly string[]): readonly string[] => [...demoTargets(PARTS, modules, ['demo-backend']).keys()];
    expect(paths('apps', 'blackbox', 'node')).toEqual(['prometheus/targets/apps/demo.yml', 'prometheus/targets/blackbox/demo.yml']);
    expect(paths('blackbox')).toEqual(['prometheus/targets/blackbox/demo.yml']);
    expect(paths('node')).toEqual([]);
  });

  it('gives the figures of each exporter that runs to the job of its module', () => {
    const jobs = (exporters: readonly string[]): readonly unknown[] =>
      groupsOf(demoTargets(PARTS, ['apps'], ['demo-backend', ...exporters]).get('prometheus/targets/apps/demo.yml')).map(({ labels }) => [
        labels['job'],
        labels['instance'],
        labels['service'],
      ]);
    expect(jobs(['demo-redis-exporter'])).toEqual([
      ['redis', 'demo-redis', 'demo'],
      [undefined, 'demo-backend', 'demo'],
    ]);
    expect(jobs(DEMO_EXPORTERS)).toEqual([
      ['postgres', 'demo-postgres', 'demo'],
      ['redis', 'demo-redis', 'demo'],
      [undefined, 'demo-backend', 'demo'],
      ['vector', 'demo-postgres', 'demo'],
    ]);
  });

  it('asks the vector exporter for the database that it is given', () => {
    const [database] = readDatabases(demoDatabases('secret'));
    expect(database).toMatchObject({ password: 'secret' });
    const groups = groupsOf(demoTargets(PARTS, ['apps'], DEMO_EXPORTERS).get('prometheus/targets/apps/demo.yml'));
    expect(groups.map(({ labels }) => labels['__param_target'])).toContain(typeof database === 'object' ? database.target : '');
  });
});
