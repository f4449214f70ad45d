/** One service's container as the engine sees it. */
export interface ContainerState {
  readonly service: string;
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** `running`, `restarting`, `exited`, `dead`, `created`, `paused`. */
  readonly state: string;
  /** `healthy`, `unhealthy`, `starting`; undefined if the container has no health check. */
  readonly health: string | undefined;
  readonly exitCode: number;
  readonly restarts: number;
  readonly oomKilled: boolean;
  /** The health check's command, as the engine has it: `CMD` or `CMD-SHELL` and its words; empty if there is none. */
  readonly healthTest: readonly string[];
  /** What the last health check printed. */
  readonly healthOutput: string;
  /** When the container was started, ISO 8601. */
  readonly startedAt: string;
}

export type Verdict =
  { readonly kind: 'ready' } | { readonly kind: 'waiting'; readonly what: string } | { readonly kind: 'failed'; readonly why: string };

/**
 * Judges one service while the stack starts. A container that exited or restarted since `baseline` has failed:
 * more waiting does not help.
 *
 * @param baseline restarts counted before this start
 */
export function judge(service: string, container: ContainerState | undefined, baseline: number): Verdict {
  if (container === undefined) return { kind: 'waiting', what: `${service} is not created yet` };
  const { state, health, exitCode, restarts, oomKilled } = container;
  if (oomKilled && state !== 'running') return { kind: 'failed', why: `was killed at its memory limit (exit code ${exitCode})` };
  if (state === 'exited' || state === 'dead') return { kind: 'failed', why: `ended with exit code ${exitCode}` };
  if (state === 'restarting' || restarts > baseline)
    return { kind: 'failed', why: `died${exitCode === 0 ? '' : ` (exit code ${exitCode})`} and keeps restarting` };
  if (state !== 'running') return { kind: 'waiting', what: `${service} is ${state}` };
  if (health === undefined || health === 'healthy') return { kind: 'ready' };
  if (health === 'unhealthy')
    return {
      kind: 'failed',
      why: `is unhealthy: ${container.healthOutput.trim().split('\n').at(-1) ?? 'its health check printed nothing'}`,
    };
  return { kind: 'waiting', what: `${service} is starting` };
}

/** Limits of the host that look like a service's fault, by the service's log message. */
const HOST_LIMITS: readonly (readonly [RegExp, string])[] = [
  // The engine uses two per container; the default limit per user is 128.
  [
    /inotify_init\w*: too many open files|inotify instances/i,
    'The host’s inotify limit is too low: sysctl -w fs.inotify.max_user_instances=1024 (permanently: a file in /etc/sysctl.d), then npm run up again.',
  ],
];

/** How a line of a starting or failing program begins: a log record, or an error message. */
const SAYS_SOMETHING = /^(time=|ts=|level=|\{|\d{4}[-/]\d\d|panic|fatal|flag provided|[^ ]*:? ?error)/i;

/**
 * The last lines of a dead container's log that may show why it died. A program that rejects its command line prints its usage after the one
 * relevant line (Prometheus prints 200 lines); usage lines are skipped.
 */
export function tellingLines(log: string, most: number): readonly string[] {
  const telling: string[] = [];
  let inUsage = false;
  for (const line of log.split('\n')) {
    if (/^usage( of [^:]+)?:/i.test(line)) inUsage = true;
    else if (SAYS_SOMETHING.test(line)) inUsage = false;
    if (!inUsage && line.trim() !== '') telling.push(line);
  }
  return telling.slice(-most);
}

/** What to do about a service that did not come up, from the last lines of its log. */
export function startAdvice(service: string, log: string): string {
  const known = HOST_LIMITS.find(([pattern]) => pattern.test(log));
  return known?.[1] ?? `npm run logs -- ${service}, fix the cause, then npm run up again; it continues from here.`;
}
