import { instanceOf, nameOf } from '../../base/instances.ts';
import { listOf } from '../../base/kinds.ts';
import { setting } from '../../base/setting.ts';
import type { Instance } from '../../base/instances.ts';
import { contractOfJob } from '../builders.ts';
import { defineModule } from '../spec.ts';
import { serverCheck, serverRules, type Servers } from '../servers.ts';
import { detection } from './detect.ts';
import { REFUSED, refusal } from './refusal.ts';

/** Settings of the module. */
export const nginxSettings = {
  NGINX_INSTANCES: setting(
    listOf(
      instanceOf({
        module: 'nginx',
        schemes: ['http:', 'https:'],
        port: 80,
        example: 'web=http://shop-web/stub_status',
        needsUser: false,
      }),
      nameOf,
    ),
    '',
  ),
};

const EXPORTER = 'nginx-exporter';
const ARGUMENTS = 'nginx_exporter.args';
const NOBODY_UID = 65_534;
const PROGRAM = '/usr/bin/nginx-prometheus-exporter';

const servers: Servers = {
  setting: 'NGINX_INSTANCES',
  exporter: EXPORTER,
  port: 80,
  // An address of a page may hold a token in the place of the user.
  schemes: [],
  up: 'nginx_up',
  oneTarget: true,
  refused: REFUSED,
  refusal,
  hasUser: false,
};

/** nginx servers: one exporter for every instance of `NGINX_INSTANCES`. */
export const nginx = defineModule({
  name: 'nginx',
  about: 'nginx servers named in NGINX_INSTANCES, by their stub_status page',
  settings: nginxSettings,
  rules: ({ NGINX_INSTANCES, MODULES }, at) =>
    serverRules({ module: 'nginx', key: servers.setting, instances: NGINX_INSTANCES, enabled: MODULES, place: at(servers.setting) }),
  thresholds: [],
  profiles: () => ['nginx'],
  services: () => [EXPORTER],
  essential: [EXPORTER],
  reaches: [EXPORTER],
  servers,
  secretFiles: [ARGUMENTS],
  secrets: ({ NGINX_INSTANCES }) => ({
    files: [{ file: ARGUMENTS, content: exporterArguments(NGINX_INSTANCES), uid: NOBODY_UID }],
    problems: [],
  }),
  readsAtStart: { [EXPORTER]: { secrets: [ARGUMENTS] } },
  images: {
    [EXPORTER]: {
      package: 'prometheus-nginx-exporter',
      links: { [PROGRAM]: '/usr/bin/prometheus-nginx-exporter' },
      folders: {},
      changes: [`USER ${NOBODY_UID}:${NOBODY_UID}`, 'WORKDIR /', `ENTRYPOINT ["${PROGRAM}"]`],
    },
  },
  checks: ({ NGINX_INSTANCES }, context) => [serverCheck('nginx', servers, NGINX_INSTANCES, context)],
  detection,
  contracts: [contractOfJob(EXPORTER, 'nginx')],
});

/**
 * The exporter's arguments, one a line. Each address carries the instance's name behind its #, where nginx does not see it and
 * prometheus/scrape/nginx.yml takes it from. The exporter labels its series with the address only where it has several.
 */
export function exporterArguments(instances: readonly Instance[]): string {
  const addresses = instances.map(({ name, url }) => `${url.replace(/#.*$/, '')}#${name}`);
  const lines = addresses.map((address) => `--nginx.scrape-uri=${address}`);
  if (addresses.length === 1) lines.push(`--prometheus.const-label=addr=${addresses[0]}`);
  return lines.map((line) => `${line}\n`).join('');
}
