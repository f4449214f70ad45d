import type { ComposeModel, ComposeService } from '../engine/compose-model.ts';
import { connectSecurity, type HostPaths } from '../modules/security/mounts.ts';
import type { StackNetwork } from '../engine/subnet.ts';

/** What rendering adds to the checked-in Compose files. */
export interface ComposePlan {
  /** The image each service runs, where it is not the pinned one (built locally from Debian packages). */
  readonly images: ReadonlyMap<string, string>;
  /** Services whose image cannot be had. */
  readonly leftOut: ReadonlySet<string>;
  readonly network: StackNetwork;
  /** Existing networks of the user's projects, and the services that must reach them. */
  readonly appNetworks: readonly string[];
  readonly reaching: ReadonlySet<string>;
  /** Secret files, by the service that they are mounted into besides those of the checked-in files. */
  readonly secretMounts: ReadonlyMap<string, readonly string[]>;
  /** Absolute path of `secrets/`. */
  readonly secretsDir: string;
  /** Set where the engine keeps images in containerd's store, as fresh installations of Docker 29 do. */
  readonly containerdSocket: string | undefined;
  /** Paths of the host at which certificates are looked for, and what stands there and at whatever else the collector wants of the host. */
  readonly certificates: readonly string[];
  readonly hostPaths: HostPaths;
  /** A digest of the files that a service mounts and reads only at its start, so that Compose recreates it when they change. */
  readonly configDigests: ReadonlyMap<string, string>;
}

/** The label that holds a service's `configDigests` entry. */
export const CONFIG_LABEL = 'pharos.config';

/** Turns the merged model of the checked-in files into the one that runs. The given model is not changed. */
export function renderCompose(source: ComposeModel, plan: ComposePlan): ComposeModel {
  const model = structuredClone(source);
  for (const service of plan.leftOut) delete model.services[service];
  for (const [name, service] of Object.entries(model.services)) renderService(name, service, model.services, plan);
  connectSecurity(model, plan.certificates, plan.hostPaths);
  const networks = { ...model.networks };
  networks['monitoring'] = {
    ...networks['monitoring'],
    ipam: { config: [{ subnet: plan.network.subnet, gateway: plan.network.gateway }] },
  };
  const attached = Object.keys(model.services).some((name) => plan.reaching.has(name));
  if (attached) for (const name of plan.appNetworks) networks[name] = { name, external: true };
  model.networks = networks;
  return model;
}

function renderService(name: string, service: ComposeService, running: ComposeModel['services'], plan: ComposePlan): void {
  // What is left in the model is what runs: plain `docker compose` need not know the profiles.
  delete service['profiles'];
  const image = plan.images.get(name);
  if (image !== undefined && image !== service.image) {
    service.image = image;
    // Built on this host: no registry has it.
    service.pull_policy = 'never';
  }
  if (service.depends_on !== undefined) {
    service.depends_on = Object.fromEntries(Object.entries(service.depends_on).filter(([other]) => other in running));
  }
  if (plan.reaching.has(name)) {
    service.networks = { ...service.networks, ...Object.fromEntries(plan.appNetworks.map((network) => [network, null])) };
  }
  const mounts = (plan.secretMounts.get(name) ?? []).map((file) => ({
    type: 'bind',
    source: `${plan.secretsDir}/${file}`,
    target: `/run/secrets/${file}`,
    read_only: true,
    bind: { create_host_path: false },
  }));
  if (mounts.length > 0) service.volumes = [...(service.volumes ?? []), ...mounts];
  // Without containerd's own word cAdvisor shows containers without names there.
  if (name === 'cadvisor' && plan.containerdSocket !== undefined) {
    const socket = plan.containerdSocket;
    service.volumes = [
      ...(service.volumes ?? []),
      { type: 'bind', source: socket, target: socket, read_only: true, bind: { create_host_path: false } },
    ];
    service['command'] = [...((service['command'] as string[] | undefined) ?? []), `-containerd=${socket}`];
  }
  // Never both: the figures of every container would be there twice.
  if (name === 'container-exporter') service.environment = { ...service.environment, STATISTICS: 'cadvisor' in running ? 'off' : 'on' };
  const digest = plan.configDigests.get(name);
  if (digest !== undefined) service.labels = { ...service.labels, [CONFIG_LABEL]: digest };
}

/** One port that the stack publishes on the host. */
export interface PublishedPort {
  readonly service: string;
  readonly address: string;
  readonly port: number;
}

/** Every port that the model publishes. */
export function publishedPorts(model: ComposeModel): readonly PublishedPort[] {
  return Object.entries(model.services).flatMap(([service, { ports = [] }]) =>
    ports.flatMap(({ host_ip: address = '0.0.0.0', published }) =>
      published === undefined ? [] : [{ service, address, port: Number(published) }],
    ),
  );
}
