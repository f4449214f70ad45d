import type { IncomingMessage } from 'node:http';

type Params = Readonly<Record<string, unknown>>;

/** What Express adds to a request while it looks for a route. */
export interface ExpressRequest extends IncomingMessage {
  readonly path: string;
  baseUrl: string;
  params: Params;
}

/** A part of the address that a `use` took off, and the values that it matched. */
interface Mount {
  /** The address above it. */
  readonly above: string;
  readonly params: Params;
  /** Mounted by a regular expression, whose matches say nothing about a pattern. */
  readonly byExpression: boolean;
}

/** Stands for all segments of a mount point whose pattern cannot be known. */
const UNKNOWN_MOUNT = '/:mount';
/** Mount points that are kept apart; far more than a service registers. Beyond it `UNKNOWN_MOUNT` keeps the number of routes bounded. */
const MAX_MOUNTS = 100;
const NO_PARAMS: Params = {};

/** Makes the pattern of an address out of its mounts. One per process, because it bounds what it gives. */
export function createMountPatterns(max = MAX_MOUNTS) {
  // Express ignores the case of an address: the spelling that came first stands for all.
  const known = new Map<string, string>();
  return (above: string, rest: string, params: Params, inherited: Params = NO_PARAMS): string => {
    const pattern = above + mountPattern(rest, params, inherited);
    const key = pattern.toLowerCase();
    const spelled = known.get(key);
    if (spelled !== undefined) return spelled;
    if (known.size >= max) return above + UNKNOWN_MOUNT;
    known.set(key, pattern);
    return pattern;
  };
}

export type MountPatterns = ReturnType<typeof createMountPatterns>;

/**
 * Notes every mount point that a request passes. A router's own middleware and routers within routers replace `params`, so that they are
 * noted when they are assigned; `baseUrl` is assigned after them.
 *
 * @returns the pattern of the mount point in which the request is
 */
export function watchMounts(request: ExpressRequest, patterns: MountPatterns): () => string {
  let { params } = request;
  // Undefined again once no route was found.
  let baseUrl: string | undefined = request.baseUrl;
  let matched = copyOf(params);
  const mounts = new Map<string, Mount>();
  const mounted = (base: string, above: string): void =>
    void mounts.set(base, { above, params: matched, byExpression: matchedPath(request) instanceof RegExp });
  if (baseUrl) mounted(baseUrl, '');
  Object.defineProperties(request, {
    params: {
      configurable: true,
      enumerable: true,
      get: () => params,
      set: (value: Params) => {
        params = value;
        matched = copyOf(value);
      },
    },
    baseUrl: {
      configurable: true,
      enumerable: true,
      get: () => baseUrl,
      set: (value: string | undefined) => {
        const above = baseUrl ?? '';
        if (value !== undefined && value.length > above.length && value.startsWith(above)) mounted(value, above);
        baseUrl = value;
      },
    },
  });
  const patternOf = (base: string): string => {
    if (base === '') return '';
    const mount = mounts.get(base);
    if (mount === undefined) return UNKNOWN_MOUNT;
    const above = patternOf(mount.above);
    if (mount.byExpression) return above + UNKNOWN_MOUNT;
    return patterns(above, base.slice(mount.above.length), mount.params, mounts.get(mount.above)?.params);
  };
  return () => patternOf(baseUrl ?? '');
}

/** A copy, because `router.param` callbacks may write over the values that stand in the address. Most layers have none. */
function copyOf(params: Params | undefined): Params {
  for (const _ in params) return { ...params };
  return NO_PARAMS;
}

/** The path of the layer that matched last, which newer versions of Express expose by a symbol. */
function matchedPath(request: object): unknown {
  const symbol = Object.getOwnPropertySymbols(request).find(({ description }) => description === 'router.tracing.matchedRoute');
  return symbol === undefined ? undefined : (request as Record<symbol, unknown>)[symbol];
}

/**
 * A mount point as a pattern. Express exposes the address (`/users/17`), never the pattern: segments that are values of the mount's parameters
 * get their names back, and what looks like an id is `:id`. The last segment of several equal ones is the parameter: `/users/users` is
 * `/users/:name`. A value that is no whole segment makes `/:mount` of all.
 *
 * @param inherited parameters of the mount above, which are among `params` where a router merges them
 */
export function mountPattern(address: string, params: Params = NO_PARAMS, inherited: Params = NO_PARAMS): string {
  const segments = address.split('/').slice(1);
  const values = segments.map(decoded);
  const named = new Map<number, string>();
  for (const [name, value] of Object.entries(params).reverse()) {
    if (value === undefined || value === '') continue;
    const found = placeOf(value, values, named);
    if (found === undefined && inherited[name] !== value) return UNKNOWN_MOUNT;
    for (let index = found?.from ?? 0; index < (found?.to ?? 0); index += 1) named.set(index, name);
  }
  let pattern = '';
  for (const [index, segment] of segments.entries()) {
    const name = named.get(index);
    // A wildcard takes several segments, and is one name.
    if (name === undefined) pattern += `/${/^\d+$|^[0-9a-f-]{16,}$|[^\w.~-]|.{33}/i.test(segment) ? ':id' : segment}`;
    else if (named.get(index - 1) !== name) pattern += `/:${name}`;
  }
  return pattern;
}

/** The last place in which a parameter's value stands and no other does: a segment, or several that a wildcard took. */
function placeOf(value: unknown, segments: readonly string[], taken: ReadonlyMap<number, string>) {
  const ways = Array.isArray(value) ? [value.map(String)] : [[String(value)], String(value).split('/')];
  for (const way of ways)
    for (let from = segments.length - way.length; from >= 0; from -= 1)
      if (way.every((part, offset) => segments[from + offset] === part && !taken.has(from + offset)))
        return { from, to: from + way.length };
  return undefined;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
