import { readFileSync } from 'node:fs';

/** The settings of the example. */
export interface Environment {
  readonly port: number;
  readonly host: string;
  readonly logLevel: string;
  readonly database: { readonly host: string; readonly user: string; readonly password: string; readonly database: string };
  readonly redisHost: string;
  /** False: the same service without the instrumentation, to compare. */
  readonly instrumented: boolean;
  /** True: POST /misbehave/<fault> makes it fail. Never in production. */
  readonly misbehave: boolean;
  /** Shared with the payment provider, which signs its callbacks with it. */
  readonly paymentSecret: string;
}

/** Reads the environment; a password may be named by a file (`PGPASSWORD_FILE`). Throws if that file cannot be read. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const passwordFile = env['PGPASSWORD_FILE'];
  return {
    port: Number(env['PORT'] ?? 3000),
    host: env['HOST'] ?? '0.0.0.0',
    logLevel: env['LOG_LEVEL'] ?? 'info',
    database: {
      host: env['PGHOST'] ?? '127.0.0.1',
      user: env['PGUSER'] ?? 'postgres',
      password: passwordFile === undefined ? (env['PGPASSWORD'] ?? '') : readFileSync(passwordFile, 'utf8').trim(),
      database: env['PGDATABASE'] ?? 'postgres',
    },
    redisHost: env['REDIS_HOST'] ?? '127.0.0.1',
    instrumented: env['INSTRUMENTED'] !== 'false',
    misbehave: env['MISBEHAVE'] === 'true',
    paymentSecret: env['PAYMENT_SECRET'] ?? 'demo',
  };
}
