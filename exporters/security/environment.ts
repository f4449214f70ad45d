import { readVariables, type Variables } from '../common/environment.ts';

/** The collector's settings. */
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

/** Reads the environment. Throws an `EnvironmentError` that names all that is wrong. */
export function readEnvironment(variables: Variables): Environment {
  return readVariables(variables, ({ text, wholeNumber, list, wrong }) => {
    const certificates = list('CERTIFICATES').map((path) => path.replace(/(.)\/+$/, '$1'));
    for (const path of certificates)
      if (!path.startsWith('/') || path.split('/').includes('..')) wrong(`CERTIFICATES names "${path}"; it must be an absolute path`);
    return {
      host: text('HOST', '/host'),
      stack: text('STACK', '/stack'),
      data: text('DATA', '/var/tmp'),
      // The alert on stale metrics waits 15 minutes.
      intervalSeconds: wholeNumber('INTERVAL_SECONDS', 15, 300),
      certificates,
    };
  });
}
