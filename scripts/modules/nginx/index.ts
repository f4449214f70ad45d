import { contractOfJob } from '../contracts.ts';
import { defineModule } from '../spec.ts';
import { serverCheck, serverRules, type Servers } from '../servers.ts';
import { exporterArguments } from './arguments.ts';
import { detection } from './detect.ts';
import { REFUSED, refusal } from './refusal.ts';
import { nginxSettings } from './settings.ts';

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
  rules: ({ NGINX_INSTANCES, MODULES }, at) => serverRules('nginx', servers.setting, NGINX_INSTANCES, MODULES, at(servers.setting)),
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
