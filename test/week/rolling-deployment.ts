import { sh } from '../support/sh.ts';
import { are, between, since, weekEvent } from './shared/event.ts';
import { away, recreated } from './shared/happenings.ts';
import { grows } from './shared/shapes.ts';
import { all, TARGETS } from './shared/targets.ts';

/** `docker compose up -d` with a new image: first the server, then the worker. nginx answers 502 meanwhile, and jobs wait. */
export default weekEvent({
  title: 'a rolling deployment of the example',
  lasts: '10m',
  informs: ['DeploymentInProgress'],
  real: async ({ prefix, stack }) => {
    const container = `${prefix}-demo-demo-backend-1`;
    const image = (await sh(['docker', 'inspect', '-f', '{{.Config.Image}}', container])).stdout.trim();
    const project = ['--project-directory', stack.folder, '-p', `${prefix}-demo`, '-f', stack.path('exporters/apps/example/compose.yml')];
    const command = ['docker', 'compose', '--env-file', '/dev/null', ...project];
    const env = { COMPOSE_PROJECT_NAME: prefix, DEMO_NODE_IMAGE: image };
    const { code, stderr } = await sh([...command, 'up', '-d', '--no-deps', '--force-recreate', 'demo-backend'], { env });
    if (code !== 0) throw new Error(`the example is not deployed: ${stderr}`);
  },
  happenings: [
    ...recreated('web', '1m', '1m25s'),
    ...away('web', '1m', '1m25s'),
    between('1m', '1m25s', are({ [`probe_success${all(TARGETS.page)}`]: 0, [`probe_http_status_code${all(TARGETS.page)}`]: 502 })),
    ...recreated('worker', '2m', '2m30s'),
    ...away('worker', '2m', '2m30s'),
    between(
      '2m',
      '2m30s',
      are({
        [`queue_jobs${all(TARGETS.web, { state: 'waiting' })}`]: grows(0, 0.5),
        [`queue_jobs${all(TARGETS.web, { state: 'active' })}`]: 0,
      }),
    ),
    // Caches of the new process are cold for a minute.
    between('1m25s', '2m30s', are({ nodejs_eventloop_lag_p99_seconds: 0.08 })),
    since('2m30s', are({ [`container_memory_working_set_bytes{id="/docker/web-2"}`]: 150e6 })),
  ],
});
