/** Why a panel may be empty. */
export const off = (module: string): string => `module ${module} is off`;

/** Real disks: chosen by leaving out what is no disk, because lists of file systems are always incomplete. */
const DISKS =
  'mountpoint!~"/(boot|run|snap|sys|proc|dev)($|/.*)|.*/(docker|containers|kubelet)/.*",fstype!~"tmpfs|overlay|squashfs|ramfs|rootfs|nsfs"';

/** Shares in use, in percent, by host and disk. */
export const cpu = '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{job="node",mode="idle"}[2m])))';
export const memory = '100 * (1 - node_memory_MemAvailable_bytes{job="node"} / node_memory_MemTotal_bytes{job="node"})';
export const disk = `100 * (1 - node_filesystem_avail_bytes{job="node",${DISKS}} / (node_filesystem_size_bytes{job="node",${DISKS}} > 0))`;
