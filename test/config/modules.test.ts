import { MODULE_NAMES } from '../../scripts/modules/index.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { SettingsTable } from '../../scripts/base/setting.ts';
import { SETTINGS, type PlainSettings } from '../../scripts/settings/table.ts';
import { alertRules } from '../../scripts/rules/files.ts';
import { select, wantedProfiles } from '../../scripts/modules/selection.ts';
import { readSettings } from '../../scripts/settings/settings.ts';
import { ROOT, readTree } from '../../scripts/base/files.ts';
import { modules } from '../../scripts/modules/index.ts';

const files = await readTree(ROOT, 'prometheus');
const names = modules.map(({ name }) => name);
const stems = (folder: string): string[] =>
  [...files.keys()]
    .filter((path) => path.startsWith(`prometheus/${folder}/`))
    .map((path) => path.split('/').at(-1)?.replace('.yml', '') ?? '');
const settings = (modulesOn: readonly string[]): PlainSettings => ({ ...readSettings([], '.env').settings.plain, MODULES: modulesOn });

describe('the registry of modules', () => {
  it('is what MODULES may name, and the stack', () => {
    expect(names).toEqual(['stack', ...MODULE_NAMES]);
  });

  it('has its files, and the files have their module', () => {
    expect(stems('scrape').sort()).toEqual([...names].sort());
    expect(stems('rules').sort()).toEqual([...names].sort());
  });

  it('has a runbook folder and rule tests each', async () => {
    const runbooks = new Set([...(await readTree(ROOT, 'runbooks')).keys()].map((path) => path.split('/')[1]));
    const tests = [...(await readTree(ROOT, 'test/rules')).keys()];
    for (const name of names) {
      expect([...runbooks], name).toContain(name);
      expect(tests, name).toContain(`test/rules/${name}.ts`);
    }
  });

  it('names services that the Compose files have under its profile', async () => {
    const compose = [
      readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'),
      ...[...(await readTree(ROOT, 'exporters'))].filter(([path]) => path.endsWith('compose.yml')).map(([, text]) => text),
    ];
    const services = Object.assign({}, ...compose.map((text) => (parse(text, { merge: true }) as { services: object }).services)) as Record<
      string,
      { profiles?: string[] }
    >;
    for (const shipper of ['alloy', 'promtail'] as const) {
      const all = { ...settings(MODULE_NAMES), LOG_SHIPPER: shipper };
      for (const module of modules) {
        for (const service of module.services(all)) {
          const profiles = services[service]?.profiles ?? [];
          expect(services[service], service).toBeDefined();
          if (module.name !== 'stack')
            expect(
              profiles.some((profile) => module.profiles(all).includes(profile)),
              `${service} under ${module.name}`,
            ).toBe(true);
        }
        for (const essential of module.essential) expect(module.services(all), module.name).toContain(essential);
      }
    }
  });

  it('knows at which figure the critical sibling of every moved threshold fires', () => {
    const rules = [...files].filter(([path]) => path.startsWith('prometheus/rules/')).flatMap(([path, text]) => alertRules(path, text));
    const criticals = modules.flatMap(({ thresholds }) => thresholds.flatMap(({ critical }) => critical ?? []));
    for (const { alert, at } of criticals)
      expect(rules.find((rule) => rule.alert === alert)?.expr.trim(), alert).toMatch(new RegExp(`> ${at}$`));
  });

  it('moves thresholds that stand in the rules, to settings that exist', () => {
    for (const { name, thresholds } of modules) {
      for (const { alert, literal, setting, factor = 1 } of thresholds) {
        const rule = files.get(`prometheus/rules/${name}.yml`) ?? '';
        expect(rule, alert).toContain(`alert: ${alert}\n`);
        expect((SETTINGS as SettingsTable)[setting]?.fallback).toBe(String(literal / factor));
      }
    }
  });
});

describe('select', () => {
  it('starts only what is asked for', () => {
    expect(wantedProfiles(modules, settings(['node']))).toEqual(['node']);
    expect([...select(modules, settings([]), new Map()).services]).toEqual(['prometheus', 'alertmanager', 'history', 'grafana']);
  });

  it('leaves out a module whose essential image is missing, and what only it used, each with a reason', () => {
    const missing = new Map([['container-exporter', 'no registry']]);
    const { modules: on, services, leftOut } = select(modules, settings(['node', 'containers']), missing);
    expect(on.map(({ name }) => name)).toEqual(['stack', 'node']);
    expect(services.has('docker-socket-proxy')).toBe(false);
    expect(leftOut).toEqual([
      { service: 'docker-socket-proxy', reason: expect.stringContaining('container-exporter') },
      { service: 'container-exporter', reason: 'no registry' },
      { service: 'cadvisor', reason: expect.stringContaining('container-exporter') },
    ]);
  });

  it('keeps the containers where cAdvisor is missing, and says what gives its figures', () => {
    const { modules: on, services, leftOut } = select(modules, settings(['containers']), new Map([['cadvisor', 'no registry']]));
    expect(on.map(({ name }) => name)).toEqual(['stack', 'containers']);
    expect(services.has('container-exporter')).toBe(true);
    expect(leftOut).toEqual([
      { service: 'cadvisor', reason: expect.stringMatching(/container-exporter reads its figures.*\(no registry\)$/) },
    ]);
  });

  it('does not miss a cAdvisor that is not wanted', () => {
    const engine: PlainSettings = { ...settings(['containers']), CONTAINER_METRICS: 'engine' };
    expect(wantedProfiles(modules, engine)).toEqual(['containers']);
    expect(select(modules, engine, new Map()).leftOut).toEqual([]);
  });

  it('keeps Loki where only the shipper is missing', () => {
    const { services, leftOut } = select(modules, settings(['logs']), new Map([['alloy', 'no registry']]));
    expect(services.has('loki')).toBe(true);
    expect(leftOut).toEqual([{ service: 'alloy', reason: 'no registry' }]);
  });
});
