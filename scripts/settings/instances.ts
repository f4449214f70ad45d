import type { Kind, Parsed } from './kinds.ts';

/** One database under watch: a name for people, and where the exporter reaches it. The password is never part of the address. */
export interface Instance {
  readonly name: string;
  readonly url: string;
  readonly host: string;
  /** The TCP port, filled in with the scheme's default. */
  readonly port: number;
  readonly user: string;
}

const SCHEMES = {
  postgres: {
    schemes: ['postgresql:', 'postgres:'],
    port: 5432,
    example: 'shop=postgresql://pharos_monitor@shop-db:5432/postgres?sslmode=disable',
  },
  redis: { schemes: ['redis:', 'rediss:'], port: 6379, example: 'cache=redis://shop-cache:6379' },
} as const;

export type DatabaseModule = keyof typeof SCHEMES;

/** The file under `secrets/` that holds an instance's password. */
export function passwordFile(module: DatabaseModule, instance: string): string {
  return `${module}_${instance}_password`;
}

/** Reads one `name=url` item of `POSTGRES_INSTANCES` or `REDIS_INSTANCES`. */
export function instanceOf(module: DatabaseModule): Kind<Instance> {
  const { schemes, port, example } = SCHEMES[module];
  const wrong = (what: string, fix = `Write it as ${example}`): Parsed<Instance> => ({ wrong: what, fix });
  return (item) => {
    const [, name = '', address = ''] = /^([^=]*)=(.*)$/.exec(item) ?? [];
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name))
      return wrong(`"${item.replace(/\/\/.*@/, '//…@')}" does not start with a name (lower-case letters, digits, -) and =`);
    if (!URL.canParse(address)) return wrong(`the address of "${name}" is not a URL`);
    const url = new URL(address);
    if (!schemes.some((scheme) => scheme === url.protocol)) return wrong(`the address of "${name}" does not start with ${schemes[0]}//`);
    if (url.hostname === '') return wrong(`the address of "${name}" names no host`);
    if (!decodes(url.username) || !decodes(url.pathname))
      return wrong(`the address of "${name}" has a % that is no part of an encoded character`, 'Write % itself as %25');
    // libpq takes it from there too; an address is shown where a password must not be.
    if (url.password !== '' || [...url.searchParams.keys()].some((key) => key.toLowerCase() === 'password'))
      return wrong(
        `the address of "${name}" holds a password`,
        `Take it out of the address and put it into secrets/${passwordFile(module, name)}`,
      );
    if (module === 'postgres' && url.username === '') return wrong(`the address of "${name}" names no user`);
    return { value: { name, url: address, host: url.hostname, port: Number(url.port || port), user: decodeURIComponent(url.username) } };
  };
}

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
