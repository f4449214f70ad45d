import type { Kind, Parsed } from './kinds.ts';

/** One monitored server: a name for people, and where the exporter reaches it. The password is never part of the address. */
export interface Instance {
  readonly name: string;
  readonly url: string;
  readonly host: string;
  /** The TCP port, filled in with the scheme's default. */
  readonly port: number;
  readonly user: string;
}

/** How the servers of one module are addressed. */
export interface AddressForm {
  readonly module: string;
  /** URL schemes with `:`, the usual one first. */
  readonly schemes: readonly [string, ...string[]];
  readonly port: number;
  /** A whole `name=url` item. */
  readonly example: string;
  /** The address must name a user. */
  readonly needsUser: boolean;
}

/** The file under `secrets/` that holds an instance's password. */
export function passwordFile(module: string, instance: string): string {
  return `${module}_${instance}_password`;
}

/** The name that distinguishes an instance from the others of its list. */
export function nameOf({ name }: Instance): string {
  return name;
}

/** Reads one `name=url` item of a setting such as `REDIS_INSTANCES`. */
export function instanceOf({ module, schemes, port, example, needsUser }: AddressForm): Kind<Instance> {
  const wrong = (what: string, fix = `Write it as ${example}`): Parsed<Instance> => ({ wrong: what, fix });
  return (item) => {
    const [, name = '', address = ''] = /^([^=]*)=(.*)$/.exec(item) ?? [];
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name))
      return wrong(`"${item.replace(/\/\/.*@/, '//…@')}" does not start with a name (lower-case letters, digits, -) and =`);
    if (!URL.canParse(address)) return wrong(`the address of "${name}" is not a URL`);
    const url = new URL(address);
    if (!schemes.includes(url.protocol)) return wrong(`the address of "${name}" does not start with ${schemes[0]}//`);
    if (url.hostname === '') return wrong(`the address of "${name}" names no host`);
    if (!decodes(url.username) || !decodes(url.pathname))
      return wrong(`the address of "${name}" has a % that is no part of an encoded character`, 'Write % itself as %25');
    // Some clients also read a password from the query. Addresses are shown, passwords must not be.
    if (url.password !== '' || [...url.searchParams.keys()].some((key) => key.toLowerCase() === 'password'))
      return wrong(`the address of "${name}" holds a password`, `Move it from the address to secrets/${passwordFile(module, name)}`);
    if (needsUser && url.username === '') return wrong(`the address of "${name}" names no user`);
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
