/** What happened to a container, from the engine's event stream. */
export interface ContainerEvent {
  /** `create`, `start`, `kill`, `die`, `oom`, `destroy`, `rename`, `pause`, `unpause`, `health_status`, `update`. */
  readonly action: string;
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly exitCode?: number;
  /** Of a `kill`: the number of the signal that the engine was asked to send. */
  readonly signal?: number;
  /** Of a `health_status`: the health check has failed as often as it may. */
  readonly unhealthy?: true;
  /** Nanoseconds since 1970: more digits than a number holds. */
  readonly timeNano: bigint;
}

/** The actions that change what is shown. Health checks alone make three `exec_*` events each time, which the engine need not send. */
const ACTIONS = ['create', 'start', 'kill', 'die', 'oom', 'destroy', 'rename', 'pause', 'unpause', 'health_status', 'update'] as const;

interface RawEvent {
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

/** Reads one line of the stream; undefined where it is not an event of a container. */
export function parseEvent(line: string): ContainerEvent | undefined {
  const timeNano = /"timeNano":(\d+)/.exec(line)?.[1];
  const { Action = '', Actor = {} } = parseObject(line);
  if (timeNano === undefined || Actor.ID === undefined) return undefined;
  const { name = '', image = '', exitCode, signal, ...labels } = Actor.Attributes ?? {};
  return {
    // `health_status: unhealthy`; podman and Docker differ in what follows the colon.
    action: Action.split(':')[0] ?? '',
    id: Actor.ID,
    name,
    image,
    labels,
    ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
    ...(signal === undefined ? {} : { signal: Number(signal) }),
    ...(/^health_status:.*unhealthy/.test(Action) ? { unhealthy: true } : {}),
    timeNano: BigInt(timeNano),
  };
}

function parseObject(line: string): RawEvent {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Path of the stream of events from a moment on (nanoseconds since 1970); those since then come again. */
export function eventsPath(since: bigint): string {
  const filters = JSON.stringify({ type: ['container'], event: ACTIONS });
  const fraction = String(since % 1_000_000_000n).padStart(9, '0');
  return `/events?since=${since / 1_000_000_000n}.${fraction}&filters=${encodeURIComponent(filters)}`;
}

/** Cuts a stream of bytes into lines. */
export function lineSplitter(onLine: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line);
  };
}
