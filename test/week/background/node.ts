import type { Target } from '../shared/event.ts';
import { clock, counts, type Shapes } from '../shared/shapes.ts';
import { TARGETS } from '../shared/targets.ts';

const GB = 1e9;
/** Seconds of each mode per second of a core that is a quarter busy. */
const MODES = { idle: 0.74, iowait: 0.01, irq: 0, nice: 0, softirq: 0.01, steal: 0, system: 0.06, user: 0.18 } as const;

const cpus = (cores: number): Shapes =>
  Object.fromEntries(
    Array.from({ length: cores }, (_, cpu) =>
      Object.entries(MODES).map(([mode, share]) => [`node_cpu_seconds_total{cpu="${cpu}", mode="${mode}"}`, counts(share)] as const),
    ).flat(),
  );

const disk = (device: string, mountpoint: string, size: number, free: number): Shapes => {
  const labels = `{device="${device}", fstype="ext4", mountpoint="${mountpoint}"}`;
  return {
    [`node_filesystem_size_bytes${labels}`]: size,
    [`node_filesystem_avail_bytes${labels}`]: size * free,
    [`node_filesystem_readonly${labels}`]: 0,
    [`node_filesystem_files${labels}`]: 6_000_000,
    [`node_filesystem_files_free${labels}`]: 5_000_000,
  };
};

const network = (device: string): Shapes =>
  Object.fromEntries(
    ['receive_errs', 'transmit_errs', 'receive_drop', 'transmit_drop'].map((what) => [
      `node_network_${what}_total{device="${device}"}`,
      counts(0),
    ]),
  );

const host = (cores: number): Shapes => ({
  ...cpus(cores),
  ...disk('/dev/sda1', '/', 80 * GB, 0.45),
  ...disk('/dev/sdb1', '/var/lib/docker', 200 * GB, 0.4),
  ...network('eth0'),
  ...network('lo'),
  node_load1: 1.2,
  node_load5: 1.1,
  node_context_switches_total: counts(8000),
  node_memory_MemTotal_bytes: 16 * GB,
  node_memory_MemAvailable_bytes: 7 * GB,
  node_memory_SwapTotal_bytes: 4 * GB,
  node_memory_SwapFree_bytes: 3.6 * GB,
  node_vmstat_oom_kill: counts(0),
  node_filefd_allocated: 12_000,
  node_filefd_maximum: 1_000_000,
  node_timex_offset_seconds: 0.0004,
  node_timex_sync_status: 1,
  node_timex_maxerror_seconds: 0.02,
  node_boot_time_seconds: -2_000_000,
  process_open_fds: 12,
  process_max_fds: 1_048_576,
  process_start_time_seconds: -1_900_000,
});

const COLLECTORS = ['auth', 'certificates', 'exposure', 'packages', 'ports'];

const security: Shapes = {
  ...Object.fromEntries(
    COLLECTORS.flatMap((collector) => [
      [`security_collector_success{collector="${collector}"}`, 1],
      [`security_collector_last_success_timestamp_seconds{collector="${collector}"}`, clock(40)],
      [`security_source_state{collector="${collector}", source="/var/log/${collector}", state="ok"}`, 1],
    ]),
  ),
  // Somebody always tries.
  'security_ssh_failed_logins_total{reason="password"}': counts(1 / 600),
  'security_ssh_failed_logins_total{reason="invalid_user"}': counts(1 / 300),
  'security_root_logins_total{method="publickey"}': counts(0),
  'security_sudo_failures_total{reason="wrong_password"}': counts(0),
  'security_sudo_failures_total{reason="password_required"}': counts(0),
  'security_listening_port_since_timestamp_seconds{port="22", protocol="tcp", scope="network"}': -900_000,
  'security_listening_port_since_timestamp_seconds{port="443", protocol="tcp", scope="network"}': -900_000,
  'security_secret_exposed{path=".env"}': 0,
  security_textfiles_exposed: 0,
  security_secrets_exposed: 0,
  security_updates_pending_security: 0,
  security_package_lists_fetched_timestamp_seconds: -20_000,
  security_reboot_required: 0,
  'security_certificate_expiry_timestamp_seconds{path="/etc/tls/internal.pem"}': 200 * 86_400,
};

/** A server with four cores that everything runs on, and one with the standby. */
export const nodeTargets: readonly Target[] = [
  { labels: TARGETS.node, series: { ...host(4), ...security } },
  { labels: TARGETS.standbyNode, series: host(2) },
];
