import { contractOfService } from '../builders.ts';
import { defineModule } from '../spec.ts';
import { nodeImage } from '../builders.ts';
import type { ComposeModel } from '../../base/compose-model.ts';
import { oneOf } from '../../base/kinds.ts';
import { error, type Problem } from '../../base/problem.ts';
import { setting } from '../../base/setting.ts';
import type { CheckContext, SmokeCheck } from '../check.ts';
import { SOCKET_PROXY, socketProxy } from '../socket-proxy.ts';

const EXPORTER = 'container-exporter';
const CADVISOR = 'cadvisor';
const PORTS = { [CADVISOR]: 8080, [EXPORTER]: 9417 } as const;

/** Every container of the host, through the GET-only proxy to the engine: its state, and its usage (from cAdvisor if it runs). */
export const containers = defineModule({
  name: 'containers',
  about: 'every container of the host: state, health, exits, CPU, memory, out-of-memory kills',
  isDefault: true,
  settings: { CONTAINER_METRICS: setting(oneOf(CADVISOR, 'engine'), CADVISOR) },
  thresholds: [],
  profiles: ({ CONTAINER_METRICS }) => (CONTAINER_METRICS === CADVISOR ? ['containers', CADVISOR] : ['containers']),
  services: ({ CONTAINER_METRICS }) => [SOCKET_PROXY, EXPORTER, ...(CONTAINER_METRICS === CADVISOR ? [CADVISOR] : [])],
  essential: [SOCKET_PROXY, EXPORTER],
  instead: { [CADVISOR]: 'container-exporter reads its figures from the engine’s statistics' },
  reaches: [],
  // They share a job.
  scrapedBy: (address) => address.split(/[.:]/)[0] ?? EXPORTER,
  sources: socketProxy.sources,
  files: socketProxy.files,
  bundles: [{ service: EXPORTER, path: 'container-exporter/server.mjs', entry: 'exporters/containers/server.ts' }],
  readsAtStart: { ...socketProxy.readsAtStart, [EXPORTER]: { folders: ['container-exporter/'] } },
  exemptions: {
    ...socketProxy.exemptions,
    root: { ...socketProxy.exemptions.root, [CADVISOR]: 'another user cannot read the layers of images, and then sees no containers' },
  },
  targets: (_, { serverName }, services) => [
    {
      job: 'containers',
      // `instance` equals that of the host's metrics, so that a server and its containers belong together.
      groups: ([CADVISOR, EXPORTER] as const)
        .filter((service) => services.has(service))
        .map((service) => ({ targets: [`${service}:${PORTS[service]}`], labels: { instance: serverName, service } })),
    },
  ],
  compose: (model, _, { containerdSocket }) => {
    if (containerdSocket !== undefined) mountContainerd(model, containerdSocket);
    const exporter = model.services[EXPORTER];
    // Never both: every container would have its figures twice.
    if (exporter !== undefined) exporter.environment = { ...exporter.environment, STATISTICS: CADVISOR in model.services ? 'off' : 'on' };
  },
  images: { ...socketProxy.images, [EXPORTER]: nodeImage(65_534, ['/app']) },
  checks: (_, context) => [visibleCheck(context)],
  contracts: [
    contractOfService(CADVISOR, 'containers', CADVISOR),
    { ...contractOfService(EXPORTER, 'containers', EXPORTER), own: true },
    { ...contractOfService(EXPORTER, 'containers', EXPORTER), own: true, setting: 'CONTAINER_METRICS=engine', replaces: [CADVISOR] },
  ],
});

/** With images in containerd's store, cAdvisor shows containers without names unless it can query containerd. */
function mountContainerd(model: ComposeModel, socket: string): void {
  const service = model.services[CADVISOR];
  if (service === undefined) return;
  service.volumes = [
    ...(service.volumes ?? []),
    { type: 'bind', source: socket, target: socket, read_only: true, bind: { create_host_path: false } },
  ];
  service['command'] = [...((service['command'] as string[] | undefined) ?? []), `-containerd=${socket}`];
}

function visibleCheck({ services, prometheus, running }: CheckContext): SmokeCheck {
  const source = services.has(CADVISOR) ? CADVISOR : EXPORTER;
  return {
    title: 'containers visible',
    service: source,
    run: async () => {
      const visible = new Set((await prometheus.query('container_last_seen{name!=""}')).map(({ labels }) => labels['name'] ?? ''));
      return invisibleContainers(await running(), visible, source);
    },
  };
}

/** Running containers of the host that are missing in the metrics; `source` is the service that provides them. */
export function invisibleContainers(running: readonly string[], visible: ReadonlySet<string>, source: string): readonly Problem[] {
  return running
    .filter((name) => !visible.has(name))
    .map((name) => error(`container ${name}`, `is running, but ${source} shows no metrics of it`, `npm run logs -- ${source}`));
}
