import { eventually } from '../support/e2e-stack.ts';
import type { Arena, Drill } from './drill.ts';
import type { Victim } from './victims.ts';

const HOME = '/tmp/prometheus';
const CONFIG = `${HOME}/prometheus.yml`;
/** A second Prometheus, watched by the first one as on any other server. Its configuration is written into it. */
const prometheus = (name: string, config = '', options: readonly string[] = []): Victim => ({
  name,
  like: 'prometheus',
  options: ['--entrypoint', 'sh', ...options],
  args: [
    '-c',
    `mkdir -p ${HOME}; printf '%s' "$0" > ${CONFIG}; exec /bin/prometheus --config.file=${CONFIG} --storage.tsdb.path=${HOME}/data --web.enable-lifecycle --log.level=warn`,
    `global: { scrape_interval: 5s, evaluation_interval: 5s }\n${config}`,
  ],
  watch: { as: 'job', job: 'prometheus', port: 9090 },
});
const reload = async ({ docker }: Arena, name: string) => docker('kill --signal HUP', name);
const write = async ({ exec }: Arena, name: string, file: string, text: string) =>
  exec(name, 'sh', '-c', `printf '%s' "$0" > ${file}`, text);

const RULES = `rule_files: [${HOME}/rules.yml]\nscrape_configs: [{ job_name: a, static_configs: [{ targets: ["127.0.0.1:9090"] }] }, { job_name: b, static_configs: [{ targets: ["127.0.0.1:9090"] }] }]\n`;
/** Two series on either side, so that nothing tells which belongs to which. */
const AMBIGUOUS = 'groups: [{ name: g, rules: [{ record: r, expr: up * ignoring (job) up }] }]';
const NOWHERE = `rule_files: [${HOME}/rules.yml]\nalerting: { alertmanagers: [{ static_configs: [{ targets: ["127.0.0.1:1"] }] }] }\n`;
const ALWAYS = 'groups: [{ name: g, rules: [{ alert: Always, expr: vector(1) }] }]';

/** Waits for a ping of the dead-man's switch: who stops right after one is missed last. Returns when the fault begins. */
const pinged = async ({ receiver }: Arena): Promise<Date> => {
  await eventually('a ping', 240, async () => Date.now() - receiver.lastPing() < 2_000);
  return new Date();
};

/** Hands Alertmanager something to send by SMS, or takes it back: a gateway that refuses is only noticed when it is spoken to. */
const message = async ({ stack }: Arena, state: 'due' | 'over'): Promise<void> => {
  const labels = { alertname: 'DrilledMessage', severity: 'critical', category: 'stack', notify_sms: 'true' };
  const response = await fetch(stack.url('ALERTMANAGER_PORT', '/api/v2/alerts'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ labels, ...(state === 'over' ? { endsAt: new Date().toISOString() } : {}) }]),
  });
  if (!response.ok) throw new Error(`Alertmanager answers ${response.status}: ${await response.text()}`);
};

const AM_CONFIG = '/tmp/alertmanager.yml';
const AM = 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n';

/** Faults of the stack itself. Those of Prometheus and Alertmanager break a second one, which the first one watches. */
export const stackDrills: readonly Drill[] = [
  {
    alert: 'PrometheusDown',
    severity: 'critical',
    fault: 'second Prometheus stopped',
    of: 'prom-down',
    down: true,
    victims: [prometheus('prom-down')],
    inject: async ({ docker }) => docker('kill', 'prom-down'),
    remove: async ({ docker }) => docker('start', 'prom-down'),
  },
  {
    alert: 'PrometheusConfigReloadFailed',
    severity: 'critical',
    fault: 'Prometheus told to load a broken configuration',
    of: 'prom-config',
    victims: [prometheus('prom-config')],
    inject: async (arena) => write(arena, 'prom-config', CONFIG, 'scrape_configs: 1').then(async () => reload(arena, 'prom-config')),
    remove: async (arena) => write(arena, 'prom-config', CONFIG, 'global: {}').then(async () => reload(arena, 'prom-config')),
    slow: true,
  },
  {
    alert: 'PrometheusRuleFailures',
    severity: 'critical',
    fault: 'rule that cannot be evaluated',
    of: 'prom-rules',
    victims: [prometheus('prom-rules', RULES)],
    inject: async (arena) => write(arena, 'prom-rules', `${HOME}/rules.yml`, AMBIGUOUS).then(async () => reload(arena, 'prom-rules')),
    remove: async (arena) => write(arena, 'prom-rules', `${HOME}/rules.yml`, 'groups: []').then(async () => reload(arena, 'prom-rules')),
    back: 420,
    slow: true,
  },
  {
    alert: 'PrometheusNotificationsFailing',
    severity: 'critical',
    fault: 'Alertmanager of a second Prometheus does not answer',
    of: 'prom-notify',
    victims: [prometheus('prom-notify', NOWHERE)],
    inject: async (arena) => write(arena, 'prom-notify', `${HOME}/rules.yml`, ALWAYS).then(async () => reload(arena, 'prom-notify')),
    remove: async (arena) => write(arena, 'prom-notify', `${HOME}/rules.yml`, 'groups: []').then(async () => reload(arena, 'prom-notify')),
    back: 480,
    slow: true,
  },
  {
    alert: 'PrometheusWithoutAlertmanager',
    severity: 'critical',
    fault: 'Alertmanager taken out of the configuration',
    of: 'prom-alone',
    victims: [prometheus('prom-alone', NOWHERE)],
    inject: async (arena) => write(arena, 'prom-alone', CONFIG, 'global: {}').then(async () => reload(arena, 'prom-alone')),
    remove: async (arena) => write(arena, 'prom-alone', CONFIG, NOWHERE).then(async () => reload(arena, 'prom-alone')),
    slow: true,
  },
  {
    alert: 'PrometheusWriteFailing',
    severity: 'critical',
    fault: 'disk of Prometheus full',
    of: 'prom-full',
    victims: [prometheus('prom-full', RULES, ['--tmpfs', `${HOME}:size=64m,mode=1777`])],
    inject: async ({ exec }) => exec('prom-full', 'sh', '-c', 'dd if=/dev/zero of=/tmp/prometheus/full bs=64k 2>/dev/null; true'),
    remove: async ({ exec }) => exec('prom-full', 'rm', `${HOME}/full`),
    back: 420,
    slow: true,
  },
  {
    alert: 'PrometheusDataCorrupted',
    severity: 'critical',
    fault: 'log of Prometheus damaged, and Prometheus started on it',
    of: 'prom-damaged',
    victims: [prometheus('prom-damaged', RULES)],
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
    slow: true,
  },
  {
    alert: 'PrometheusRestarting',
    severity: 'critical',
    fault: 'Prometheus killed for the fourth time',
    of: 'prom-loop',
    victims: [prometheus('prom-loop')],
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
    slow: true,
  },
  {
    alert: 'AlertmanagerDown',
    severity: 'critical',
    fault: 'second Alertmanager stopped',
    of: 'am-down',
    down: true,
    victims: [alertmanager('am-down')],
    inject: async ({ docker }) => docker('kill', 'am-down'),
    remove: async ({ docker }) => docker('start', 'am-down'),
  },
  {
    alert: 'AlertmanagerConfigReloadFailed',
    severity: 'critical',
    fault: 'Alertmanager told to load a broken configuration',
    of: 'am-config',
    victims: [alertmanager('am-config')],
    inject: async (arena) => write(arena, 'am-config', AM_CONFIG, 'route: 1').then(async () => reload(arena, 'am-config')),
    remove: async (arena) => write(arena, 'am-config', AM_CONFIG, AM).then(async () => reload(arena, 'am-config')),
    slow: true,
  },
  {
    alert: 'NotificationsFailing',
    severity: 'critical',
    fault: 'receiver answers 500',
    victims: [],
    inject: async (arena) => {
      arena.receiver.smsStatus = 500;
      return message(arena, 'due');
    },
    remove: async (arena) => {
      arena.receiver.smsStatus = 200;
      return message(arena, 'over');
    },
    back: 480,
  },
  {
    alert: 'TargetDown',
    severity: 'critical',
    fault: "target of a user's own job stopped",
    of: 'own-target',
    down: true,
    victims: [
      {
        name: 'own-target',
        like: 'node-exporter',
        args: ['--no-collector.systemd', '--log.level=warn'],
        watch: { as: 'job', job: 'own', port: 9100 },
      },
    ],
    inject: async ({ docker }) => docker('stop', 'own-target'),
    remove: async ({ docker }) => docker('start', 'own-target'),
  },
  {
    alert: 'Watchdog',
    severity: 'info',
    fault: 'Alertmanager stopped',
    turn: 1,
    toldBy: 'dead-man',
    victims: [],
    inject: async (arena) => pinged(arena).then(async (fault) => arena.service('stop', 'alertmanager').then(() => fault)),
    remove: async ({ service }) => service('start', 'alertmanager'),
    // A switch outside alarms when a ping is half a minute late; one comes every minute.
    within: 95,
    slow: true,
  },
  {
    alert: 'Watchdog',
    severity: 'info',
    fault: 'Prometheus stopped',
    turn: 2,
    toldBy: 'dead-man',
    victims: [],
    inject: async (arena) => pinged(arena).then(async (fault) => arena.service('stop', 'prometheus').then(() => fault)),
    remove: async ({ service }) => service('start', 'prometheus'),
    // Alertmanager believes what it was told for two minutes, and goes on pinging.
    within: 225,
    slow: true,
  },
];

function alertmanager(name: string): Victim {
  return {
    name,
    like: 'alertmanager',
    options: ['--entrypoint', 'sh', '--tmpfs', '/alertmanager:mode=1777'],
    args: [
      '-c',
      `printf '%s' "$0" > ${AM_CONFIG}; exec /bin/alertmanager --config.file=${AM_CONFIG} --storage.path=/alertmanager --cluster.listen-address=`,
      'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n',
    ],
    watch: { as: 'job', job: 'alertmanager', port: 9093 },
  };
}
