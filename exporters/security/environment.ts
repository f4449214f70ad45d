/** What the collector is told through its environment. */
export interface Environment {
  /** Where the host's folders are mounted, under their own paths. */
  readonly host: string;
  /** The checkout of the stack. */
  readonly stack: string;
  /** Folder for the metrics and what is remembered. */
  readonly data: string;
  readonly intervalSeconds: number;
  /** Paths of the host at which certificates are looked for. */
  readonly certificates: readonly string[];
}

/** Reads the environment; a list of what is wrong where something is. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment | readonly string[] {
  const wrong: string[] = [];
  const intervalSeconds = Number(env['INTERVAL_SECONDS'] || 15);
  if (!(intervalSeconds >= 1 && intervalSeconds <= 300))
    // The alert on stale metrics waits 15 minutes.
    wrong.push(`INTERVAL_SECONDS is "${env['INTERVAL_SECONDS'] ?? ''}"; it must be a number from 1 to 300`);
  const certificates = (env['CERTIFICATES'] ?? '')
    .split(',')
    .map((path) => path.trim().replace(/(.)\/+$/, '$1'))
    .filter((path) => path !== '');
  for (const path of certificates)
    if (!path.startsWith('/') || path.split('/').includes('..')) wrong.push(`CERTIFICATES names "${path}"; it must be an absolute path`);
  if (wrong.length > 0) return wrong;
  return { host: env['HOST'] || '/host', stack: env['STACK'] || '/stack', data: env['DATA'] || '/var/tmp', intervalSeconds, certificates };
}
