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
