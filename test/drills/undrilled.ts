/** Critical alerts without a drill, each with the reason why it cannot be done to a machine that others use. */
export const UNDRILLED: Readonly<Record<string, string>> = {
  CriticalMemoryUsage:
    'node exporter sees the memory of the whole host, and with 95 % of it in use the kernel kills whatever else runs there; CriticalContainerMemory drills the same comparison',
};
