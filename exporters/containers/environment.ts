import { readVariables, type Variables } from '../common/environment.ts';

/** The exporter's settings. */
export interface Environment {
  readonly port: number;
  /** `http://host:port` of the GET-only proxy, or `unix:///path` of the engine's socket. */
  readonly engine: string;
  /** Whether CPU, memory, network and block I/O are given under cAdvisor's names: only where cAdvisor does not run. */
  readonly statistics: boolean;
}

/** Reads the environment. Throws an `EnvironmentError` that names all that is wrong. */
export function readEnvironment(variables: Variables): Environment {
  return readVariables(variables, ({ wholeNumber, matching }) => ({
    port: wholeNumber('PORT', 9417, 65_535),
    engine: matching(
      'ENGINE',
      'http://docker-socket-proxy:2375',
      /^(http:\/\/[^/]+|unix:\/\/\/.+)$/,
      'http://host:port or unix:///path of a socket',
    ),
    statistics: matching('STATISTICS', 'off', /^(on|off)$/, 'on or off') === 'on',
  }));
}
