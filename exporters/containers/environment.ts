/** What the exporter is told through its environment. */
export interface Environment {
  readonly port: number;
  /** `http://host:port` of the GET-only proxy, or `unix:///path` of the engine's socket. */
  readonly engine: string;
  /** Whether CPU, memory, network and block I/O are given under cAdvisor's names: only where cAdvisor does not run. */
  readonly statistics: boolean;
}

/** Reads the environment; a list of what is wrong where something is. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment | readonly string[] {
  const wrong: string[] = [];
  const port = Number(env['PORT'] || 9417);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) wrong.push(`PORT is "${env['PORT'] ?? ''}"; it must be a port number`);
  const engine = env['ENGINE'] || 'http://docker-socket-proxy:2375';
  if (!/^(http:\/\/[^/]+|unix:\/\/\/.+)$/.test(engine))
    wrong.push(`ENGINE is "${engine}"; it must be http://host:port or unix:///path of a socket`);
  const statistics = env['STATISTICS'] || 'off';
  if (statistics !== 'on' && statistics !== 'off') wrong.push(`STATISTICS is "${statistics}"; it must be on or off`);
  return wrong.length > 0 ? wrong : { port, engine, statistics: statistics === 'on' };
}
