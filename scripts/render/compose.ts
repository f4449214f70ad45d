import type { ComposeModel, ComposeService } from '../base/compose-model.ts';
import type { StackNetwork } from '../base/subnet.ts';

/** What rendering adds to the checked-in Compose files. */
export interface ComposePlan {
  /** The image of each service that does not run the pinned one (built locally from Debian packages). */
  readonly images: ReadonlyMap<string, string>;
  /** Services without an available image. */
  readonly leftOut: ReadonlySet<string>;
  readonly network: StackNetwork;
  /** Existing networks of the user's projects, and the services that must reach them. */
  readonly appNetworks: readonly string[];
  readonly reaching: ReadonlySet<string>;
  /** Secret files, by service, in addition to the mounts of the checked-in files. */
  readonly secretMounts: ReadonlyMap<string, readonly string[]>;
  /** Absolute path of `secrets/`. */
  readonly secretsDir: string;
  /** What modules change of their services. */
  readonly changes: readonly ((model: ComposeModel) => void)[];
  /** A digest of the files that a service mounts and reads only at its start, so that Compose recreates it on changes. */
  readonly configDigests: ReadonlyMap<string, string>;
}

/** The label that holds a service's `configDigests` entry. */
export const CONFIG_LABEL = 'pharos.config';

/** Turns the merged model of the checked-in files into the one that runs. The given model is not changed. */
export function renderCompose(source: ComposeModel, plan: ComposePlan): ComposeModel {
  const model = structuredClone(source);
  for (const service of plan.leftOut) delete model.services[service];
  for (const [name, service] of Object.entries(model.services)) renderService(name, service, model.services, plan);
  for (const change of plan.changes) change(model);
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
  // The model holds only what runs: plain `docker compose` needs no profiles.
  delete service['profiles'];
  const image = plan.images.get(name);
  if (image !== undefined && image !== service.image) {
    service.image = image;
    // Built on this host; no registry has it.
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
  const digest = plan.configDigests.get(name);
  if (digest !== undefined) service.labels = { ...service.labels, [CONFIG_LABEL]: digest };
}
