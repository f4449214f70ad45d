import { switchOf } from './notifications.ts';
import { scrapeJob, type Target } from './targets.ts';

/** Where a second Prometheus keeps everything. */
export const HOME = '/tmp/prometheus';
export const PROMETHEUS_CONFIG = `${HOME}/prometheus.yml`;
export const ALERTMANAGER_CONFIG = '/tmp/alertmanager.yml';
/** A configuration of Alertmanager that sends nothing. */
export const NOWHERE_ROUTE = 'route: { receiver: none }\nreceivers: [{ name: none }]\n';

/** A configuration of a second Prometheus. Its Alertmanager does not answer unless it has an address. */
export const prometheusConfig = (config = '', address = '127.0.0.1:1'): string =>
  `global: { scrape_interval: 5s, evaluation_interval: 5s }\nalerting: { alertmanagers: [{ static_configs: [{ targets: ["${address}"] }] }] }\n${config}`;

/** A second Prometheus, watched by the first one as on any other server. Its configuration is written into it. */
export const prometheus = (name: string, config = prometheusConfig(), options: readonly string[] = []): Target => ({
  name,
  like: 'prometheus',
  options: ['--entrypoint', 'sh', ...options],
  args: [
    '-c',
    // How often an alert is sent again is that of docker-compose.yml.
    `mkdir -p ${HOME}; printf '%s' "$0" > ${PROMETHEUS_CONFIG}; exec /bin/prometheus --config.file=${PROMETHEUS_CONFIG} --storage.tsdb.path=${HOME}/data --rules.alert.resend-delay=30s --web.enable-lifecycle --log.level=warn`,
    config,
  ],
  watch: scrapeJob('prometheus', name, 9090),
});

/** A second Alertmanager that sends nothing, watched by the first Prometheus. */
export const alertmanager = (name: string): Target => ({
  name,
  like: 'alertmanager',
  options: ['--entrypoint', 'sh', '--tmpfs', '/alertmanager:mode=1777'],
  args: [
    '-c',
    `printf '%s' "$0" > ${ALERTMANAGER_CONFIG}; exec /bin/alertmanager --config.file=${ALERTMANAGER_CONFIG} --storage.path=/alertmanager --cluster.listen-address=`,
    NOWHERE_ROUTE,
  ],
  watch: scrapeJob('alertmanager', name, 9093),
});

/**
 * A second Prometheus and a second Alertmanager with the stack's own rules and routes, and a dead-man's switch that they alone ping. Either can be
 * stopped while every other drill needs those of the stack.
 *
 * @param of the name of the switch
 */
export function pairOf(prometheusName: string, alertmanagerName: string, of: string): readonly Target[] {
  // The watchdog needs samples.
  const itself = 'scrape_configs: [{ job_name: prometheus, static_configs: [{ targets: ["127.0.0.1:9090"] }] }]';
  const rules = prometheusConfig(`rule_files: [/stack/rules/stack.yml]\n${itself}`, `${alertmanagerName}:9093`);
  // Not watched: its history is out of reach, and what it cannot deliver there is no fault.
  const { options = [], watch: _, ...unwatched } = prometheus(prometheusName, rules);
  const write = 'printf "%s" "$DEADMAN_URL" > /run/secrets/deadman_url';
  return [
    {
      ...unwatched,
      options: ({ stack }) => [...(options as readonly string[]), '-v', `${stack.path('.effective/prometheus')}:/stack:ro`],
    },
    {
      name: alertmanagerName,
      like: 'alertmanager',
      options: ({ stack, receiver }) => [
        // As root: after a restart of the container the mode of its tmpfs is not that any more, and the secret is written again.
        ...['--entrypoint', 'sh', '--user', '0:0', '--tmpfs', '/alertmanager', '--tmpfs', '/run/secrets'],
        ...['-e', `DEADMAN_URL=${receiver.url}${switchOf(of)}`, '-v', `${stack.path('.effective/alertmanager')}:/etc/alertmanager:ro`],
      ],
      args: [
        '-c',
        `${write}; exec /bin/alertmanager --config.file=/etc/alertmanager/alertmanager.yml --storage.path=/alertmanager --cluster.listen-address= --enable-feature=receiver-name-in-metrics,event-recorder`,
      ],
    },
  ];
}
