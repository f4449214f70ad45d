import { BadRequest } from './payload.ts';

/** The query of a list. */
export interface AlertQuery {
  readonly status?: 'firing' | 'resolved';
  /** Columns that must be equal. */
  readonly equal: Readonly<Partial<Record<(typeof EQUAL)[number], string>>>;
  /** Labels that must be equal. */
  readonly labels: readonly (readonly [string, string])[];
  /** Words that alertname, instance, service or summary must contain. */
  readonly text?: string;
  /** Bounds of the start, ISO 8601. */
  readonly since?: string;
  readonly until?: string;
  /** Whether it is acknowledged. */
  readonly acknowledged?: boolean;
  /** Only what comes after this one in the list's order. */
  readonly after?: { readonly startsAt: string; readonly id: string };
  readonly limit: number;
  readonly offset: number;
}

const EQUAL = ['severity', 'category', 'service', 'instance', 'alertname', 'fingerprint'] as const;
const KNOWN = new Set<string>([...EQUAL, 'status', 'label', 'q', 'since', 'until', 'acknowledged', 'limit', 'offset']);
const MAX_LIMIT = 1000;

/** Reads a list's parameters. Throws `BadRequest` naming the parameter that is wrong. */
export function parseQuery(parameters: URLSearchParams): AlertQuery {
  for (const name of parameters.keys())
    if (!KNOWN.has(name)) throw new BadRequest(`there is no parameter "${name}"; there are ${[...KNOWN].join(', ')}`);
  const status = parameters.get('status') || undefined;
  if (status !== undefined && status !== 'firing' && status !== 'resolved')
    throw new BadRequest('status is neither "firing" nor "resolved"');
  const equal = Object.fromEntries(EQUAL.flatMap((name) => (parameters.get(name) ? [[name, parameters.get(name)]] : [])));
  const labels = parameters
    .getAll('label')
    .filter((text) => text !== '')
    .map((text): [string, string] => {
      const at = text.indexOf('=');
      if (at < 1) throw new BadRequest('label is not of the form name=value');
      return [text.slice(0, at), text.slice(at + 1)];
    });
  const text = parameters.get('q') || undefined;
  const acknowledged = parameters.get('acknowledged') || undefined;
  if (acknowledged !== undefined && acknowledged !== 'yes' && acknowledged !== 'no')
    throw new BadRequest('acknowledged is neither "yes" nor "no"');
  return {
    ...(status === undefined ? {} : { status }),
    ...(text === undefined ? {} : { text }),
    ...(acknowledged === undefined ? {} : { acknowledged: acknowledged === 'yes' }),
    ...timeBound(parameters, 'since'),
    ...timeBound(parameters, 'until'),
    equal,
    labels,
    limit: wholeNumber(parameters, 'limit', 100, [1, MAX_LIMIT]),
    offset: wholeNumber(parameters, 'offset', 0, [0, Number.MAX_SAFE_INTEGER]),
  };
}

function timeBound(parameters: URLSearchParams, name: 'since' | 'until'): { readonly [K in typeof name]?: string } {
  const text = parameters.get(name) ?? '';
  if (text === '') return {};
  const time = isoTime(text, name === 'until');
  if (Number.isNaN(time)) throw new BadRequest(`${name} is not a time; write it as 2026-01-31, 2026-01-31T12:00:00Z or …T12:00:00+02:00`);
  return { [name]: new Date(time).toISOString() };
}

/** A day, or a moment of it, in UTC unless it says otherwise. A day as the end of a stretch belongs to it. */
function isoTime(text: string, isEnd: boolean): number {
  // An unescaped + arrives as a space.
  const [, day = '', clock, zone = 'Z'] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[ +-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  // The 31st of a month that has 30 days would be the first of the next.
  const known = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(known.getTime()) || !known.toISOString().startsWith(day)) return Number.NaN;
  return Date.parse(clock === undefined ? `${day}T${isEnd ? '23:59:59.999' : '00:00:00'}Z` : `${day}T${clock}${zone.replace(' ', '+')}`);
}

/** A whole number among the parameters. Throws `BadRequest` naming it where it is none. */
export function wholeNumber(parameters: URLSearchParams, name: string, fallback: number, [min, max]: readonly [number, number]): number {
  const text = parameters.get(name) ?? '';
  if (text === '') return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new BadRequest(`${name} is not a whole number from ${min} to ${max}`);
  return value;
}

/** The SQL condition of a query, with its values: no part of the request becomes SQL. */
export function whereClause(query: AlertQuery): { readonly sql: string; readonly values: readonly string[] } {
  const parts: [string, ...string[]][] = [];
  if (query.status !== undefined) parts.push(['status = ?', query.status]);
  for (const [column, value] of Object.entries(query.equal)) parts.push([`${column} = ?`, value]);
  for (const [name, value] of query.labels)
    parts.push(['EXISTS (SELECT 1 FROM json_each(labels) WHERE key = ? AND value = ?)', name, value]);
  if (query.text !== undefined)
    parts.push(["instr(lower(alertname || ' ' || instance || ' ' || service || ' ' || summary), lower(?)) > 0", query.text]);
  if (query.acknowledged !== undefined) parts.push([`acknowledgedAt IS ${query.acknowledged ? 'NOT ' : ''}NULL`]);
  if (query.after !== undefined) {
    const { startsAt, id } = query.after;
    parts.push(['(startsAt, id) < (?, CAST(? AS INTEGER))', startsAt, id]);
  }
  if (query.since !== undefined) parts.push(['startsAt >= ?', query.since]);
  if (query.until !== undefined) parts.push(['startsAt <= ?', query.until]);
  return {
    sql: parts.length === 0 ? '' : `WHERE ${parts.map(([sql]) => sql).join(' AND ')}`,
    values: parts.flatMap(([, ...values]) => values),
  };
}
