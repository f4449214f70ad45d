/** The parts of a Compose model (as `docker compose config --format json` prints it) that this program reads or writes. */
export interface ComposeService {
  image: string;
  depends_on?: Record<string, unknown>;
  networks?: Record<string, unknown>;
  network_mode?: string;
  pull_policy?: string;
  ports?: { host_ip?: string; target: number; published?: string; protocol?: string }[];
  volumes?: { type: string; source?: string; target: string; read_only?: boolean; bind?: Record<string, unknown> }[];
  labels?: Record<string, string>;
  environment?: Record<string, string | null>;
  healthcheck?: { test: string[] };
  mem_limit?: string | number;
  [key: string]: unknown;
}

export interface ComposeModel {
  name: string;
  services: Record<string, ComposeService>;
  networks?: Record<string, { name?: string; external?: boolean; ipam?: unknown; [key: string]: unknown } | null>;
  volumes?: Record<string, unknown>;
  [key: string]: unknown;
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
