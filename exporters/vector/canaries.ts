import { LineCounter, isMap, isNode, isSeq, parseDocument, type YAMLMap } from 'yaml';

/** A search that is run and timed. */
export interface Canary {
  readonly kind: 'canary';
  readonly name: string;
  /** The database, as `VECTOR_INSTANCES` names it. */
  readonly target: string;
  readonly query: string;
  readonly everySeconds: number;
  readonly timeoutMs: number;
  /** Fewer rows than this are an error: a search that finds nothing is fast. */
  readonly minRows: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** A comparison of what an index finds with what is really nearest. */
export interface RecallProbe {
  readonly kind: 'recall';
  readonly name: string;
  readonly target: string;
  readonly index: string;
  /** Neighbours asked for. */
  readonly k: number;
  /** Vectors of the table that are searched for. */
  readonly samples: number;
  readonly goal: number;
  /** A table with more rows is left alone: every exact search reads all of them. */
  readonly maxRows: number;
  readonly everySeconds: number;
  readonly timeoutMs: number;
  readonly settings: Readonly<Record<string, string>>;
}

export type Probe = Canary | RecallProbe;

/** One mistake in the file. Its entry is skipped, the others run. */
interface FileProblem {
  readonly line: number;
  readonly message: string;
}

export interface ProbeFile {
  readonly probes: readonly Probe[];
  readonly problems: readonly FileProblem[];
}

/** Settings of index methods only: anything else could undo the limits that a probe runs under. */
const SETTING = /^(hnsw|ivfflat|vectors|vchordrq|diskann|lantern_hnsw)\.[a-z_]+$/;

const KEYS = {
  canaries: ['name', 'instance', 'query', 'every', 'timeout', 'min_rows', 'settings'],
  recall: ['name', 'instance', 'index', 'k', 'samples', 'target', 'max_rows', 'every', 'timeout', 'settings'],
} as const;

/**
 * Reads the canaries file.
 *
 * @param text undefined where the file cannot be read
 * @param targets the databases that there are
 */
export function readProbes(text: string | undefined, targets: readonly string[]): ProbeFile {
  if (text === undefined) return { probes: [], problems: [{ line: 1, message: 'cannot be read' }] };
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines });
  const lineOf = (node: unknown): number => lines.linePos((isNode(node) ? node.range?.[0] : undefined) ?? 0).line;
  const [broken] = doc.errors;
  if (broken !== undefined)
    return {
      probes: [],
      problems: [{ line: broken.linePos?.[0].line ?? 1, message: `is not valid YAML: ${broken.message.split('\n')[0] ?? ''}` }],
    };
  if (doc.contents === null) return { probes: [], problems: [] };
  if (!isMap(doc.contents)) return { probes: [], problems: [{ line: 1, message: 'is not a map with canaries: and recall:' }] };
  const problems: FileProblem[] = [];
  const probes: Probe[] = [];
  for (const { key, value } of doc.contents.items) {
    const list = String(key);
    if (list !== 'canaries' && list !== 'recall') problems.push({ line: lineOf(key), message: `"${list}" is neither canaries nor recall` });
    else if (isSeq(value))
      for (const item of value.items) {
        const entry = isMap(item) ? readEntry(list, item, targets) : ['is not a map'];
        const line = lineOf(item);
        if (isWrong(entry)) problems.push(...entry.map((message) => ({ line, message: `an entry of ${list} ${message}` })));
        else if (probes.some(({ kind, target, name }) => kind === entry.kind && target === entry.target && name === entry.name))
          problems.push({ line, message: `"${entry.name}" is listed twice for ${entry.target}` });
        else probes.push(entry);
      }
    else if (value !== null && String(value) !== '' && String(value) !== 'null')
      problems.push({ line: lineOf(key), message: `${list} is not a list` });
  }
  return { probes, problems };
}

const isWrong = (entry: Probe | readonly string[]): entry is readonly string[] => Array.isArray(entry);

/** One entry, or everything that is wrong with it. */
function readEntry(list: keyof typeof KEYS, map: YAMLMap, targets: readonly string[]): Probe | readonly string[] {
  const raw = map.toJSON() as Record<string, unknown>;
  const strange = Object.keys(raw).filter((key) => !KEYS[list].some((known) => known === key));
  const wrong = strange.map((key) => `has the key "${key}"; known are ${KEYS[list].join(', ')}`);
  const text = (key: string): string => {
    const value = raw[key];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    const none = value === undefined || value === null || typeof value === 'string';
    wrong.push(none ? `has no ${key}` : `has the ${key} ${JSON.stringify(value)}, which is no text; quotes make it one`);
    return '';
  };
  const number = (key: string, fallback: number, [min, max]: readonly [number, number], whole = true): number => {
    const value = raw[key] ?? fallback;
    if (typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    wrong.push(`has ${key} "${String(value)}", which is no ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
    return fallback;
  };
  const name = text('name');
  const target = text('instance');
  if (name !== '' && !/^[a-z0-9][a-z0-9_-]{0,62}$/.test(name)) wrong.push(`has the name "${name}" (lower-case letters, digits, _ and -)`);
  if (target !== '' && !targets.includes(target)) wrong.push(`names the instance "${target}", which VECTOR_INSTANCES does not have`);
  const canary = list === 'canaries';
  const everySeconds = duration(raw['every'] ?? (canary ? '15s' : '15m'), canary ? 5 : 60, 86_400);
  const timeout = duration(raw['timeout'] ?? (canary ? '5s' : '30s'), 0.01, canary ? 30 : 300);
  if (everySeconds === undefined) wrong.push(`has every "${String(raw['every'])}", which is no time from ${canary ? '5s' : '1m'} to 24h`);
  if (timeout === undefined) wrong.push(`has timeout "${String(raw['timeout'])}", which is no time from 10ms to ${canary ? '30s' : '5m'}`);
  const settings = readSettings(raw['settings'] ?? {}, wrong);
  const common = { name, target, everySeconds: everySeconds ?? 0, timeoutMs: Math.round((timeout ?? 0) * 1000), settings };
  const entry: Probe = canary
    ? { kind: 'canary', ...common, query: text('query').replace(/[;\s]+$/, ''), minRows: number('min_rows', 1, [0, 1000]) }
    : {
        kind: 'recall',
        ...common,
        index: text('index'),
        k: number('k', 10, [1, 1000]),
        samples: number('samples', 20, [1, 1000]),
        goal: number('target', 0.9, [0, 1], false),
        maxRows: number('max_rows', 200_000, [1, 1e9]),
      };
  return wrong.length > 0 ? wrong : entry;
}

function readSettings(raw: unknown, wrong: string[]): Readonly<Record<string, string>> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    wrong.push('has settings that are not a map');
    return {};
  }
  for (const foreign of Object.keys(raw).filter((key) => !SETTING.test(key)))
    wrong.push(`sets ${foreign}; only settings of index methods, such as hnsw.ef_search, can be set`);
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, String(value)]));
}

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** Seconds of `250ms`, `15s`, `5m` or `1h`; undefined where it is none or out of bounds. */
function duration(value: unknown, min: number, max: number): number | undefined {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(String(value)) ?? [];
  const seconds = Number(count) * (UNITS[unit] ?? Number.NaN);
  return seconds >= min && seconds <= max ? seconds : undefined;
}
