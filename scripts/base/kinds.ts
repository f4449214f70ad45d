import { closest, distance } from 'fastest-levenshtein';
import { isIP } from 'node:net';

/** The parsed value of a setting, or what is wrong with it, as a phrase that follows the setting's name. */
export type Parsed<T> = { readonly value: T } | { readonly wrong: string; readonly fix?: string };

/** How one kind of setting is read. */
export type Kind<T> = (text: string) => Parsed<T>;

const NAME = /^[a-z0-9][a-z0-9_-]*$/;

/** Any text, also empty. */
export const text: Kind<string> = (value) => ({ value });

/** A Compose project name: lower-case letters, digits, `-`, `_` (the Compose specification). */
export const projectName: Kind<string> = (value) =>
  NAME.test(value)
    ? { value }
    : { wrong: `"${value}" is not a project name`, fix: 'Use lower-case letters, digits, - and _, starting with a letter or digit.' };

/** A TCP port, 1 to 65535. */
export const port: Kind<number> = (value) =>
  /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535
    ? { value: Number(value) }
    : { wrong: `"${value}" is not a port`, fix: 'A number from 1 to 65535.' };

/** A whole number within bounds, both included. */
export function integer(min: number, max: number, unit: string): Kind<number> {
  return (value) =>
    /^-?\d+$/.test(value) && Number(value) >= min && Number(value) <= max
      ? { value: Number(value) }
      : { wrong: `"${value}" is not a whole number of ${unit}`, fix: `A number from ${min} to ${max}.` };
}

/** A number of percent, above 0 and at most 100. */
export const percent: Kind<number> = (value) =>
  /^\d+(\.\d+)?$/.test(value) && Number(value) > 0 && Number(value) <= 100
    ? { value: Number(value) }
    : { wrong: `"${value}" is not a percentage`, fix: 'A number above 0 and up to 100, without the % sign.' };

/** Days of each unit of a Prometheus duration; a year always has 365. */
const DAYS: Readonly<Record<string, number>> = { ms: 1 / 86_400_000, s: 1 / 86_400, m: 1 / 1440, h: 1 / 24, d: 1, w: 7, y: 365 };

/** Prometheus counts a duration in nanoseconds in 64 bits, which overflow after 106,751.99 days; it then refuses to start. */
const LONGEST_DAYS = 292 * 365;

/** A Prometheus duration such as `30d` or `12h` (one number, one unit), up to 292 years. */
export const duration: Kind<string> = (value) => {
  const [, number = '', unit = ''] = /^([1-9]\d*)(ms|s|m|h|d|w|y)$/.exec(value) ?? [];
  if (number === '') return { wrong: `"${value}" is not a duration`, fix: 'A number and a unit (s, m, h, d, w, y), such as 30d.' };
  return Number(number) * (DAYS[unit] ?? 0) <= LONGEST_DAYS
    ? { value }
    : { wrong: `"${value}" is longer than Prometheus can count`, fix: 'At most 292y.' };
};

/** Prometheus counts bytes in 64 bits with a sign: from 2^63, which is 8,388,608 TB, the limit would become negative and have no effect. */
const LARGEST_BYTES = 2 ** 63;
const SIZE_UNITS = ['KB', 'MB', 'GB', 'TB'];

/** A Prometheus size such as `10GB` (units are powers of 1024), below 8,388,608 TB. */
export const size: Kind<string> = (value) => {
  const [, number = '', unit = ''] = /^([1-9]\d*)(KB|MB|GB|TB)$/.exec(value) ?? [];
  if (number === '') return { wrong: `"${value}" is not a size`, fix: 'A number and a unit (MB, GB, TB), such as 10GB.' };
  return Number(number) * 1024 ** (SIZE_UNITS.indexOf(unit) + 1) < LARGEST_BYTES
    ? { value }
    : { wrong: `"${value}" is larger than Prometheus can count`, fix: 'At most 8388607TB.' };
};

/** An IP address to bind to. */
export const address: Kind<string> = (value) =>
  isIP(value) !== 0
    ? { value }
    : {
        wrong: `"${value}" is not an IP address`,
        fix: '127.0.0.1 (this host only), 0.0.0.0 (every network) or one of this host’s addresses.',
      };

/** A host name or IP address, without scheme and port. */
export const host: Kind<string> = (value) => hostBeside()(value);

/**
 * A host name or IP address whose port is a setting of its own.
 *
 * @param portKey that setting; without it the fix does not mention the port
 */
export function hostBeside(portKey?: string): Kind<string> {
  return (value) => {
    const [, name, number] = /^([^:]*|\[.*\]):(\d+)$/.exec(value) ?? [];
    if (name !== undefined && number !== undefined)
      return {
        wrong: `"${value}" has a port, and takes a name or address alone`,
        fix: portKey === undefined ? `Write ${name}.` : `Write ${name}, and ${portKey}=${number}.`,
      };
    const isWellFormed = value.includes(':') ? isIP(value) === 6 : /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(value);
    return isWellFormed
      ? { value }
      : { wrong: `"${value}" is not a host name`, fix: 'A name or address without http:// and without a port.' };
  };
}

/** An IPv4 network such as `172.30.0.0/24`. */
export const subnet: Kind<string> = (value) => {
  const [ip = '', bits = ''] = value.split('/');
  return isIP(ip) === 4 && /^\d+$/.test(bits) && Number(bits) >= 16 && Number(bits) <= 28
    ? { value }
    : { wrong: `"${value}" is not an IPv4 network`, fix: 'An address and a prefix length from 16 to 28, such as 172.30.0.0/24.' };
};

/** An absolute http or https URL. */
export const url: Kind<string> = (value) =>
  /^https?:\/\//.test(value) && URL.canParse(value)
    ? { value }
    : { wrong: `"${value}" is not a URL`, fix: 'An address that starts with http:// or https://.' };

/** An absolute path on the host below `/`, without `..`; slashes at its end are dropped. */
export const hostPath: Kind<string> = (value) => {
  const path = value.replace(/\/+$/, '');
  return /^\/[^/:]/.test(path) && !/[:$]/.test(path) && !path.split('/').includes('..')
    ? { value: path }
    : { wrong: `"${value}" is not an absolute path`, fix: 'A path such as /etc/nginx/tls, without .., : and $.' };
};

/** One of a few words. */
export function oneOf<T extends string>(...words: readonly T[]): Kind<T> {
  return (value) => {
    const found = words.find((word) => word === value);
    return found === undefined
      ? { wrong: `"${value}" is not one of ${words.join(', ')}`, fix: `Use ${words.join(' or ')}.` }
      : { value: found };
  };
}

/** One of a few words, as a list item: the fix names the closest one. */
export function wordOf<T extends string>(...words: readonly T[]): Kind<T> {
  return (value) => {
    const parsed = oneOf(...words)(value);
    const near = closest(value.toLowerCase(), [...words]);
    return 'wrong' in parsed && distance(value.toLowerCase(), near) <= 2 ? { ...parsed, fix: `Did you mean ${near}?` } : parsed;
  };
}

/** A comma-separated list; blanks around an item are dropped. `item` reads every item; a duplicate is wrong. */
export function listOf<T>(item: Kind<T>, keyOf: (value: T) => string = String): Kind<readonly T[]> {
  return (value) => {
    const parts = value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const values: T[] = [];
    const wrong: { readonly wrong: string; readonly fix?: string }[] = [];
    for (const part of parts) {
      const parsed = item(part);
      if ('wrong' in parsed) wrong.push(parsed);
      else if (values.some((earlier) => keyOf(earlier) === keyOf(parsed.value)))
        wrong.push({ wrong: `"${keyOf(parsed.value)}" is listed twice`, fix: 'Keep one of the two.' });
      else values.push(parsed.value);
    }
    if (wrong.length === 0) return { value: values };
    const fixes = [...new Set(wrong.flatMap(({ fix }) => fix ?? []))];
    return { wrong: wrong.map((one) => one.wrong).join('; '), ...(fixes.length === 0 ? {} : { fix: fixes.join(' ') }) };
  };
}

/** A list as another kind reads it, without the items that are always on. */
export function without<T>(list: Kind<readonly T[]>, granted: string): Kind<readonly T[]> {
  return (value) =>
    list(
      value
        .split(',')
        .filter((part) => part.trim() !== granted)
        .join(','),
    );
}

/** A user name of Grafana. */
export const userName: Kind<string> = (value) =>
  /^[A-Za-z0-9][A-Za-z0-9._@-]*$/.test(value)
    ? { value }
    : { wrong: `"${value}" is not a user name`, fix: 'Letters, digits, . _ @ and -, such as ops_admin.' };

/** A value that may be left empty. */
export function optional<T>(kind: Kind<T>): Kind<T | undefined> {
  return (value) => (value === '' ? { value: undefined } : kind(value));
}
