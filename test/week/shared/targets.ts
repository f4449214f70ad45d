/** The server of the catalogue: everything runs on it. */
const server = 'web-1';

const target = (job: string, instance: string, service: string, host = service) => ({ job, instance, service, server, target_host: host });

/** Labels of what is watched in the catalogue, by what it is. */
export const TARGETS = {
  node: target('node', server, 'node', 'host.docker.internal'),
  standbyNode: { ...target('node', 'db-2', 'node', 'db-2'), server: 'db-2' },
  cadvisor: target('containers', server, 'cadvisor'),
  containers: target('containers', server, 'container-exporter'),
  web: target('apps', 'web:3000', 'shop', 'web'),
  worker: target('apps', 'worker:3001', 'shop-worker', 'worker'),
  nginx: target('nginx', 'nginx-exporter', 'nginx-exporter'),
  postgres: target('postgres', 'shop-db', 'shop-db', 'db'),
  standby: target('postgres', 'shop-standby', 'shop-standby', 'db-2'),
  postgresExporter: target('postgres-exporter', 'postgres-exporter', 'postgres-exporter'),
  redis: target('redis', 'shop-cache', 'shop-cache', 'cache'),
  redisExporter: target('redis-exporter', 'redis-exporter', 'redis-exporter'),
  mysql: target('mysql', 'blog-db', 'blog-db'),
  mysqlExporter: target('mysqld-exporter', 'mysqld-exporter', 'mysqld-exporter'),
  page: { ...target('blackbox', 'https://shop.example.com/', 'shop', 'shop.example.com'), module: 'http_2xx' },
  port: { ...target('blackbox', 'db:5432', 'db'), module: 'tcp_connect' },
  blackboxExporter: target('blackbox-exporter', 'blackbox-exporter', 'blackbox-exporter'),
  prometheus: target('prometheus', 'prometheus', 'prometheus'),
  alertmanager: target('alertmanager', 'alertmanager', 'alertmanager'),
  history: target('history', 'history', 'history'),
  grafana: target('grafana', 'grafana', 'grafana'),
  loki: target('loki', 'loki', 'loki'),
  alloy: target('alloy', 'alloy', 'alloy'),
  pushgateway: target('pushgateway', 'pushgateway', 'pushgateway'),
} as const;

/** The labels of a target as a selector, `{job="redis", instance="shop-cache"}`. */
export function all(
  { job, instance }: { readonly job: string; readonly instance: string },
  more: Readonly<Record<string, string>> = {},
): string {
  // The series of nginx carry the name of the nginx server, not of the target.
  const labels = Object.entries({ job, ...(job === 'nginx' ? {} : { instance }), ...more }).map(([name, value]) => `${name}="${value}"`);
  return `{${labels.join(', ')}}`;
}
