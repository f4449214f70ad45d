import { randomUUID } from 'node:crypto';
import { addressesOf } from '../settings/addresses.ts';
import { DIGEST_RECORD, treeDigest } from '../base/digest.ts';
import { valueOf } from '../base/metrics-text.ts';
import { error, type Problem } from '../base/problem.ts';
import * as smoke from './smoke.ts';
import { alertmanagerApi } from '../clients/alertmanager.ts';
import { runningSince } from '../detect/containers.ts';
import { grafanaApi } from '../clients/grafana.ts';
import { historyApi } from '../clients/history.ts';
import { hasLine, pushLine } from '../clients/loki.ts';
import { prometheusApi } from '../clients/prometheus.ts';
import { currentOf, fileTargets } from './current-samples.ts';
import { databaseProblems } from './database-check.ts';
import type { Prepared } from './prepare.ts';
import { resetGrafanaPassword } from './grafana-password.ts';
import { vectorProblems } from '../modules/vector/check.ts';
import type { Workplace } from '../engine/workplace.ts';

/** A problem that a check found; `final` where trying again cannot help. */
export interface Finding extends Problem {
  readonly final?: boolean;
}

/** One thing that must be true of the running stack. It is tried again until it finds no error or time is over. */
export interface SmokeCheck {
  readonly title: string;
  /** The service whose log explains a failure. */
  readonly service: string;
  readonly run: () => Promise<readonly Finding[]>;
}

/** Every check for what runs. */
export function smokeChecks(place: Workplace, prepared: Prepared): readonly SmokeCheck[] {
  const { docker, root } = place;
  const { settings, expected, selection } = prepared;
  const at = addressesOf(settings.plain);
  const prometheus = prometheusApi(at.prometheus);
  const modules = new Set(selection.modules.map(({ name }) => name));
  const began = Date.now();
  const checks: SmokeCheck[] = [
    {
      title: 'targets up',
      service: 'prometheus',
      run: async () =>
        smoke.targetProblems(
          smoke.expectedTargets(expected, await fileTargets(root)),
          await prometheus.targets(),
          prepared.network.gateway,
        ),
    },
    { title: 'rules loaded', service: 'prometheus', run: async () => ruleProblems(prepared, prometheus) },
    {
      title: 'Alertmanager connected and current',
      service: 'alertmanager',
      run: async () => alertmanagerProblems(prepared, prometheus, at.alertmanager),
    },
    {
      title: 'history',
      service: 'history',
      run: async () =>
        historyApi(at.history)
          .ready()
          .then(() => []),
    },
    {
      title: 'ports',
      service: 'prometheus',
      run: async () => smoke.bindingProblems(await bindings(place, settings.plain.COMPOSE_PROJECT_NAME), settings.plain.BIND_ADDRESS),
    },
  ];
  if (selection.services.has('grafana'))
    checks.push({ title: 'Grafana', service: 'grafana', run: async () => grafanaProblems(place, prepared, at.grafana) });
  if (selection.services.has('loki')) checks.push({ title: 'Loki', service: 'loki', run: lokiCheck(at.loki) });
  if (modules.has('blackbox')) {
    checks.push({
      title: 'endpoints',
      service: 'blackbox-exporter',
      run: async () => {
        const { samples: probes, addresses } = await currentOf(place, prepared, 'blackbox', 'probe_success');
        const wanted = addresses.length;
        if (probes.length < wanted)
          return [error('endpoints', `${probes.length} of ${wanted} have been probed`, 'npm run logs -- blackbox-exporter')];
        return smoke.failedProbes(probes.filter(({ value }) => value !== 1).map(({ labels }) => labels['instance'] ?? ''));
      },
    });
  }
  for (const module of ['postgres', 'redis'] as const) {
    if (modules.has(module))
      checks.push({ title: module, service: `${module}-exporter`, run: async () => databaseProblems(place, prepared, module, began) });
  }
  if (modules.has('vector'))
    checks.push({
      title: 'vector',
      service: 'vector-exporter',
      run: async () =>
        vectorProblems(place, prepared, began, async (metric) => (await currentOf(place, prepared, 'vector', metric)).samples),
    });
  if (modules.has('containers')) {
    const source = selection.services.has('cadvisor') ? 'cadvisor' : 'container-exporter';
    checks.push({
      title: 'containers visible',
      service: source,
      run: async () => {
        const visible = new Set((await prometheus.query('container_last_seen{name!=""}')).map(({ labels }) => labels['name'] ?? ''));
        return smoke.invisibleContainers(await runningSince(docker, began), visible, source);
      },
    });
  }
  return checks;
}

async function ruleProblems({ expected, tree }: Prepared, prometheus: ReturnType<typeof prometheusApi>): Promise<readonly Problem[]> {
  const rules = await prometheus.rules();
  const running = rules.find(({ name }) => name === DIGEST_RECORD)?.labels['digest'];
  const problems: Problem[] = [];
  if (rules.length !== expected.rules)
    problems.push(error('Prometheus', `has ${rules.length} rules, ${expected.rules} were configured`, 'npm run reload'));
  if (running !== treeDigest(tree)) problems.push(error('Prometheus', 'runs another configuration than the one on disk', 'npm run reload'));
  return [
    ...problems,
    ...rules
      .filter(({ health }) => health === 'err')
      .map(({ name, lastError }) =>
        error(`rule ${name}`, `fails: ${lastError}`, 'Mend the expression in prometheus/rules/, then npm run reload.'),
      ),
    ...smoke.unevaluatedRules(rules),
  ];
}

async function alertmanagerProblems(
  { tree }: Prepared,
  prometheus: ReturnType<typeof prometheusApi>,
  base: string,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const hash = valueOf(await alertmanagerApi(base).metrics(), 'alertmanager_config_hash');
  if (hash !== smoke.alertmanagerConfigHash(tree.get('alertmanager/alertmanager.yml') ?? '')) {
    problems.push(error('Alertmanager', 'runs another configuration than the one on disk', 'npm run reload'));
  }
  const connected = (await prometheus.alertmanagers()).some((url) => /\/\/alertmanager\.[\w-]+:9093\//.test(url));
  return connected
    ? problems
    : [...problems, error('Prometheus', 'is not connected to Alertmanager', 'npm run logs -- prometheus alertmanager')];
}

async function grafanaProblems(place: Workplace, { settings, expected }: Prepared, base: string): Promise<readonly Problem[]> {
  const password = settings.secrets['GRAFANA_ADMIN_PASSWORD'] ?? '';
  const grafana = grafanaApi(base, { user: settings.plain.GRAFANA_ADMIN_USER, password });
  // Grafana takes the password from its settings only when it makes its database.
  if ((await grafana.loginStatus()) === 401) await resetGrafanaPassword(place, password);
  if ((await grafana.loginStatus()) !== 200)
    return [error('Grafana', `refuses the login of ${settings.plain.GRAFANA_ADMIN_USER}`, 'npm run logs -- grafana')];
  const absent = smoke.absentNames('dashboard', expected.dashboards, await grafana.dashboardUids(), 'npm run logs -- grafana');
  const sources = await Promise.all(
    expected.dataSources.map(async ({ uid, type }) => [uid, await grafana.dataSourceHealth(uid, type)] as const),
  );
  return [
    ...absent,
    ...sources
      .filter(([, health]) => health !== 'OK')
      .map(([uid, health]) => error(`data source ${uid}`, `does not answer: ${health}`, 'npm run logs -- grafana')),
  ];
}

/** Loki takes a line once and has to give that very line back. */
function lokiCheck(base: string): () => Promise<readonly Problem[]> {
  const line = `pharos smoke ${randomUUID()}`;
  let pushedAt: number | undefined;
  return async () => {
    if (pushedAt === undefined) {
      const now = Date.now();
      await pushLine(base, line, now);
      pushedAt = now;
    }
    return (await hasLine(base, line, pushedAt)) ? [] : [error('Loki', 'took a line but does not give it back', 'npm run logs -- loki')];
  };
}

async function bindings({ docker }: Workplace, project: string) {
  const containers = await docker.listContainers({ filters: { label: [`com.docker.compose.project=${project}`] } });
  return containers.flatMap(({ Labels, Ports }) =>
    Ports.flatMap(({ IP, PublicPort }) =>
      IP === undefined || PublicPort === undefined
        ? []
        : [{ service: Labels['com.docker.compose.service'] ?? '', address: IP, port: PublicPort }],
    ),
  );
}
