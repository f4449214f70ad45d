import { eventually } from '../support/e2e-stack.ts';
import { MAIN_BATCH, type Drill, type DrillContext } from './shared/drill.ts';
import { message } from './shared/due-message.ts';
import { switchOf } from './shared/notifications.ts';
import {
  ALERTMANAGER_CONFIG,
  HOME,
  NOWHERE_ROUTE,
  PROMETHEUS_CONFIG,
  alertmanager,
  pairOf,
  prometheus,
  prometheusConfig,
} from './shared/second-stack.ts';
import { stoppedService } from './shared/stopped-service.ts';
import { answering, scrapeJob, targetFile } from './shared/targets.ts';

const reload = async ({ docker }: DrillContext, name: string) => docker('kill --signal HUP', name);
const write = async ({ exec }: DrillContext, name: string, file: string, text: string) =>
  exec(name, 'sh', '-c', `printf '%s' "$0" > ${file}`, text);

const RULES = prometheusConfig(
  `rule_files: [${HOME}/rules.yml]\nscrape_configs: [{ job_name: a, static_configs: [{ targets: ["127.0.0.1:9090"] }] }, { job_name: b, static_configs: [{ targets: ["127.0.0.1:9090"] }] }]`,
);
/** Two series on either side, so that the match is ambiguous. */
const AMBIGUOUS = 'groups: [{ name: g, rules: [{ record: r, expr: up * ignoring (job) up }] }]';
const ALWAYS = 'groups: [{ name: g, rules: [{ alert: Always, expr: vector(1) }] }]';

/** Waits for a ping of the dead-man's switch: what stops right after one is missed last. Returns when the fault begins. */
const pinged = async ({ receiver }: DrillContext, name: string): Promise<Date> => {
  await eventually('a ping', 240, async () => Date.now() - receiver.lastPing(switchOf(name)) < 2_000);
  return new Date();
};

const SEVERAL = ['several-1', 'several-2', 'several-3'];

/** Faults of the stack itself. Those of Prometheus and Alertmanager break a second one, which the first one watches. */
export const drills: readonly Drill[] = [
  {
    alert: 'PrometheusDown',
    severity: 'critical',
    fault: 'second Prometheus stopped',
    of: 'prom-down',
    down: true,
    targets: [prometheus('prom-down')],
    inject: async ({ docker }) => docker('kill', 'prom-down'),
    remove: async ({ docker }) => docker('start', 'prom-down'),
  },
  {
    alert: 'SeveralServicesDown',
    severity: 'emergency',
    fault: 'three applications killed at once',
    batch: 4,
    targets: SEVERAL.map((name) => ({ name, command: answering, watch: targetFile('apps', name, `${name}:8080`, { service: name }) })),
    inject: async ({ docker }) => Promise.all(SEVERAL.map(async (name) => docker('kill', name))),
    remove: async ({ docker }) => Promise.all(SEVERAL.map(async (name) => docker('start', name))),
  },
  {
    alert: 'PrometheusConfigReloadFailed',
    severity: 'warning',
    fault: 'Prometheus made to load a broken configuration',
    of: 'prom-config',
    targets: [prometheus('prom-config')],
    inject: async (context) =>
      write(context, 'prom-config', PROMETHEUS_CONFIG, 'scrape_configs: 1').then(async () => reload(context, 'prom-config')),
    remove: async (context) =>
      write(context, 'prom-config', PROMETHEUS_CONFIG, prometheusConfig()).then(async () => reload(context, 'prom-config')),
  },
  {
    alert: 'PrometheusRuleFailures',
    severity: 'critical',
    fault: 'rule that cannot be evaluated',
    of: 'prom-rules',
    targets: [prometheus('prom-rules', RULES)],
    inject: async (context) => write(context, 'prom-rules', `${HOME}/rules.yml`, AMBIGUOUS).then(async () => reload(context, 'prom-rules')),
    remove: async (context) =>
      write(context, 'prom-rules', `${HOME}/rules.yml`, 'groups: []').then(async () => reload(context, 'prom-rules')),
    back: 420,
  },
  {
    alert: 'PrometheusNotificationsFailing',
    severity: 'critical',
    fault: 'Alertmanager of a second Prometheus does not answer',
    of: 'prom-notify',
    targets: [prometheus('prom-notify', RULES)],
    inject: async (context) => write(context, 'prom-notify', `${HOME}/rules.yml`, ALWAYS).then(async () => reload(context, 'prom-notify')),
    remove: async (context) =>
      write(context, 'prom-notify', `${HOME}/rules.yml`, 'groups: []').then(async () => reload(context, 'prom-notify')),
    back: 480,
  },
  {
    alert: 'PrometheusWithoutAlertmanager',
    severity: 'critical',
    fault: 'Alertmanager taken out of the configuration',
    of: 'prom-alone',
    targets: [prometheus('prom-alone')],
    inject: async (context) =>
      write(context, 'prom-alone', PROMETHEUS_CONFIG, 'global: {}').then(async () => reload(context, 'prom-alone')),
    remove: async (context) =>
      write(context, 'prom-alone', PROMETHEUS_CONFIG, prometheusConfig()).then(async () => reload(context, 'prom-alone')),
  },
  {
    alert: 'PrometheusWriteFailing',
    severity: 'critical',
    fault: 'disk of Prometheus full',
    of: 'prom-full',
    targets: [prometheus('prom-full', RULES, ['--tmpfs', `${HOME}:size=64m,mode=1777`])],
    inject: async ({ exec }) => exec('prom-full', 'sh', '-c', 'dd if=/dev/zero of=/tmp/prometheus/full bs=64k 2>/dev/null; true'),
    remove: async ({ exec }) => exec('prom-full', 'rm', `${HOME}/full`),
    back: 420,
  },
  {
    alert: 'PrometheusDataCorrupted',
    severity: 'warning',
    fault: 'log of Prometheus damaged, and Prometheus started on it',
    of: 'prom-damaged',
    targets: [prometheus('prom-damaged', RULES)],
    inject: async ({ exec, docker }) => {
      await exec(
        'prom-damaged',
        'sh',
        '-c',
        'for f in /tmp/prometheus/data/wal/0*; do dd if=/dev/urandom of=$f bs=1k count=4 seek=1 conv=notrunc; done',
      );
      return docker('restart', 'prom-damaged');
    },
    remove: async ({ docker }) => docker('restart', 'prom-damaged'),
    back: 420,
  },
  {
    alert: 'PrometheusRestarting',
    severity: 'critical',
    fault: 'Prometheus killed for the fourth time',
    of: 'prom-loop',
    targets: [prometheus('prom-loop')],
    // A restart counts when a scrape has seen it.
    inject: async ({ docker }) => {
      for (let time = 0; time < 3; time += 1) {
        await docker('restart', 'prom-loop');
        await new Promise((resolve) => setTimeout(resolve, 16_000));
      }
      const fault = new Date();
      await docker('restart', 'prom-loop');
      return fault;
    },
    remove: async () => undefined,
    back: 960,
  },
  {
    alert: 'AlertmanagerDown',
    severity: 'critical',
    fault: 'second Alertmanager stopped',
    of: 'am-down',
    down: true,
    targets: [alertmanager('am-down')],
    inject: async ({ docker }) => docker('kill', 'am-down'),
    remove: async ({ docker }) => docker('start', 'am-down'),
  },
  {
    alert: 'AlertmanagerConfigReloadFailed',
    severity: 'warning',
    fault: 'Alertmanager made to load a broken configuration',
    of: 'am-config',
    targets: [alertmanager('am-config')],
    inject: async (context) => write(context, 'am-config', ALERTMANAGER_CONFIG, 'route: 1').then(async () => reload(context, 'am-config')),
    remove: async (context) =>
      write(context, 'am-config', ALERTMANAGER_CONFIG, NOWHERE_ROUTE).then(async () => reload(context, 'am-config')),
  },
  {
    alert: 'NotificationsFailing',
    severity: 'critical',
    fault: 'receiver answers 500',
    targets: [],
    inject: async (context) => {
      context.receiver.smsStatus = 500;
      return message(context, 'due');
    },
    remove: async (context) => {
      context.receiver.smsStatus = 200;
      return message(context, 'over');
    },
    back: 480,
  },
  {
    alert: 'TargetDown',
    severity: 'warning',
    fault: "target of a user's own job stopped",
    of: 'own-target',
    targets: [
      {
        name: 'own-target',
        like: 'node-exporter',
        args: ['--no-collector.systemd', '--log.level=warn'],
        watch: scrapeJob('own', 'own-target', 9100),
      },
    ],
    inject: async ({ docker }) => docker('kill', 'own-target'),
    remove: async ({ docker }) => docker('start', 'own-target'),
  },
  {
    alert: 'Watchdog',
    severity: 'info',
    fault: 'Alertmanager stopped',
    of: 'am-watched',
    notifiedBy: 'dead-man',
    targets: pairOf('prom-of-am', 'am-watched', 'am-watched'),
    inject: async (context) => pinged(context, 'am-watched').then(async (fault) => context.docker('kill', 'am-watched').then(() => fault)),
    remove: async ({ docker }) => docker('start', 'am-watched'),
    // A switch outside alarms when a ping is half a minute late; one comes every minute.
    within: 95,
  },
  {
    alert: 'Watchdog',
    severity: 'info',
    fault: 'Prometheus stopped',
    of: 'prom-watched',
    notifiedBy: 'dead-man',
    targets: pairOf('prom-watched', 'am-of-prom', 'prom-watched'),
    inject: async (context) =>
      pinged(context, 'prom-watched').then(async (fault) => context.docker('kill', 'prom-watched').then(() => fault)),
    remove: async ({ docker }) => docker('start', 'prom-watched'),
    // Alertmanager keeps an alert that is not sent again for two minutes, and goes on pinging.
    within: 225,
  },
  {
    alert: 'StackVolumeFull',
    severity: 'critical',
    fault: 'disk below the volume of the history full',
    of: 'history-full',
    targets: [
      {
        name: 'history-full',
        like: 'history',
        args: ['/app/server.mjs'],
        options: ({ stack }) => [
          ...['--entrypoint', 'node', '--user', '65534:65534', '--tmpfs', '/full:size=16m,mode=1777'],
          ...['-v', `${stack.path('.effective/history')}:/app:ro`, '-e', 'DATA_DIR=/full'],
        ],
        watch: scrapeJob('history', 'history-full', 9095),
      },
    ],
    inject: async ({ exec }) => exec('history-full', 'sh', '-c', 'dd if=/dev/zero of=/full/full bs=64k 2>/dev/null; true'),
    remove: async ({ exec }) => exec('history-full', 'rm', '/full/full'),
  },
  // No other drill needs it.
  stoppedService('GrafanaDown', 'grafana', 'Grafana stopped', { severity: 'warning', down: false, batch: MAIN_BATCH }),
];
