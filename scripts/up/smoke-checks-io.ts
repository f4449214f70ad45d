import { addressesOf, publishedAt } from '../settings/addresses.ts';
import { error, type Problem } from '../base/problem.ts';
import { valueOf } from '../base/metrics-text.ts';
import { DIGEST_RECORD, treeDigest } from '../base/digest.ts';
import { alertmanagerApi } from '../clients/alertmanager.ts';
import { grafanaApi } from '../clients/grafana.ts';
import { historyApi } from '../clients/history.ts';
import { prometheusApi, type PrometheusApi } from '../clients/prometheus.ts';
import { lastLogLines, logSince, runningSince, stackState } from '../engine/stack-state.ts';
import type { Workspace } from '../engine/workspace.ts';
import type { CheckContext, SmokeCheck } from '../modules/check.ts';
import { currentOf, fileTargets } from './current-samples-io.ts';
import { resetGrafanaPassword } from './grafana-password.ts';
import type { Prepared } from './prepare.ts';
import * as smoke from './smoke.ts';

/** Every check for the running services. */
export function smokeChecks(place: Workspace, prepared: Prepared): readonly SmokeCheck[] {
  const { settings, expected, selection, network } = prepared;
  const { plain } = settings;
  const at = addressesOf(plain);
  const prometheus = prometheusApi(at.prometheus);
  const context = checkContext(place, prepared, prometheus);
  const checks: SmokeCheck[] = [
    {
      title: 'targets up',
      service: 'prometheus',
      run: async () =>
        smoke.targetProblems(smoke.expectedTargets(expected, await fileTargets(place.root)), await prometheus.targets(), network.gateway),
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
      run: async () => {
        await historyApi(at.history).ready();
        return [];
      },
    },
    {
      title: 'ports',
      service: 'prometheus',
      run: async () => smoke.bindingProblems(await bindings(place, plain.COMPOSE_PROJECT_NAME), plain.BIND_ADDRESS),
    },
  ];
  if (selection.services.has('grafana'))
    checks.push({ title: 'Grafana', service: 'grafana', run: async () => grafanaProblems(place, prepared, at.grafana) });
  return [...checks, ...selection.modules.flatMap((module) => module.checks?.(plain, context) ?? [])];
}

/** What the modules' checks may query, starting now. */
function checkContext({ docker, root }: Workspace, prepared: Prepared, prometheus: PrometheusApi): CheckContext {
  const { plain } = prepared.settings;
  const began = Date.now();
  return {
    prometheus,
    at: (port) => publishedAt(plain, port),
    services: prepared.selection.services,
    current: async (job, exporter, metric) => currentOf({ docker, root, prepared, prometheus }, job, exporter, metric),
    log: async (service) => {
      const container = (await stackState(docker, plain.COMPOSE_PROJECT_NAME)).find((state) => state.service === service);
      if (container === undefined) return { all: '', recent: '' };
      const [recent, all] = await Promise.all([logSince(docker, container.id, began), lastLogLines(docker, container.id, LOG_LINES)]);
      return { recent, all };
    },
    running: async () => runningSince(docker, began),
  };
}

const LOG_LINES = 500;

async function ruleProblems({ expected, tree }: Prepared, prometheus: PrometheusApi): Promise<readonly Problem[]> {
  const rules = await prometheus.rules();
  const running = rules.find(({ name }) => name === DIGEST_RECORD)?.labels['digest'];
  const problems: Problem[] = [];
  if (rules.length !== expected.rules)
    problems.push(error('Prometheus', `has ${rules.length} rules, ${expected.rules} were configured`, 'npm run reload'));
  if (running !== treeDigest(tree))
    problems.push(error('Prometheus', 'runs a different configuration than the one on disk', 'npm run reload'));
  return [
    ...problems,
    ...rules
      .filter(({ health }) => health === 'err')
      .map(({ name, lastError }) =>
        error(`rule ${name}`, `fails: ${lastError}`, 'Fix the expression in prometheus/rules/, then npm run reload.'),
      ),
    ...smoke.unevaluatedRules(rules),
  ];
}

async function alertmanagerProblems({ tree }: Prepared, prometheus: PrometheusApi, base: string): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const hash = valueOf(await alertmanagerApi(base).metrics(), 'alertmanager_config_hash');
  if (hash !== smoke.alertmanagerConfigHash(tree.get('alertmanager/alertmanager.yml') ?? '')) {
    problems.push(error('Alertmanager', 'runs a different configuration than the one on disk', 'npm run reload'));
  }
  const connected = (await prometheus.alertmanagers()).some((url) => /\/\/alertmanager\.[\w-]+:9093\//.test(url));
  return connected
    ? problems
    : [...problems, error('Prometheus', 'is not connected to Alertmanager', 'npm run logs -- prometheus alertmanager')];
}

async function grafanaProblems(place: Workspace, { settings, expected }: Prepared, base: string): Promise<readonly Problem[]> {
  const password = settings.secrets['GRAFANA_ADMIN_PASSWORD'] ?? '';
  const grafana = grafanaApi(base, { user: settings.plain.GRAFANA_ADMIN_USER, password });
  // Grafana reads the password from its settings only when it creates its database.
  if ((await grafana.loginStatus()) === 401) await resetGrafanaPassword(place, password);
  if ((await grafana.loginStatus()) !== 200)
    return [error('Grafana', `rejects the login of ${settings.plain.GRAFANA_ADMIN_USER}`, 'npm run logs -- grafana')];
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

async function bindings({ docker }: Workspace, project: string) {
  const containers = await docker.listContainers({ filters: { label: [`com.docker.compose.project=${project}`] } });
  return containers.flatMap(({ Labels, Ports }) =>
    Ports.flatMap(({ IP, PublicPort }: { IP?: string; PublicPort?: number }) =>
      IP === undefined || PublicPort === undefined
        ? []
        : [{ service: Labels['com.docker.compose.service'] ?? '', address: IP, port: PublicPort }],
    ),
  );
}
