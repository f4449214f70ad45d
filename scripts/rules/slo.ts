/** One SLO of a service, ready to be measured. */
export interface Slo {
  readonly name: string;
  /** Percent of events that must be good. */
  readonly objective: number;
  /** PromQL: all events, and the good ones, per second, as one series without labels each. */
  readonly total: string;
  readonly good: string;
  /** True if no series of good events means that none was good; false if it means that there is no result. */
  readonly absentIsBad: boolean;
}

/** What `prometheus/slo/<service>.yml` says. */
export interface ServiceSlos {
  readonly service: string;
  /** Days over which the objectives hold. */
  readonly days: number;
  readonly slos: readonly Slo[];
}

/**
 * When to alert: both windows burn the budget more than `rate` times as fast as allowed. The long window shows that it matters, the
 * short one that it still continues. For a budget of 30 days, 14.4 is 2 % of it in an hour, 6 is 5 % in six hours, 3 and 1 are 10 % in a day and
 * in three.
 */
const CONDITIONS = {
  fast: [
    { rate: 14.4, long: '1h', short: '5m' },
    { rate: 6, long: '6h', short: '30m' },
  ],
  slow: [
    { rate: 3, long: '1d', short: '2h' },
    { rate: 1, long: '3d', short: '6h' },
  ],
} as const;

const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;

/** The highest rate above: an objective's budget must be small enough that 100 % errors burn it that fast. */
export const HIGHEST_RATE = CONDITIONS.fast[0].rate;

/** The alerts that are made of every SLO; their runbooks are in `runbooks/apps/`. */
export const SLO_ALERTS = ['SLOBurnRateFast', 'SLOBurnRateSlow'] as const;

/** Range of the base rates: two scrapes a minute are enough for it, and it delays an alert by seconds. */
export const RATE_RANGE = '2m';

/** Seconds between two evaluations: twice as often would change no window by a percent. */
const INTERVAL = 30;

/** With fewer errors in the long window a rate is meaningless: one failed request at night would be 100 %. */
const ERRORS_AT_LEAST = 5;

interface RecordedMetric {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A rule file of Prometheus. */
export interface SloRules {
  readonly groups: readonly { readonly name: string; readonly interval: string; readonly rules: readonly (RecordedMetric | Alert)[] }[];
}

/**
 * Makes the recording rules and alerts of a service's SLOs: burn rates over seven windows (1: the budget lasts exactly as long as it must), the
 * remaining share of the budget, and two alerts per SLO.
 *
 * Only a range of two minutes is read from the service's own series, which are many; the windows add up its recorded rates, two series
 * per SLO.
 *
 * @param runbooksUrl the address below which `apps/<alert>` is the alert's runbook
 */
export function sloRules({ service, days, slos }: ServiceSlos, runbooksUrl: string): SloRules {
  return {
    groups: [
      { name: `slo-${service}`, interval: `${INTERVAL}s`, rules: slos.flatMap((slo) => rulesOf(service, days, slo, runbooksUrl)) },
      // A separate group: it reads a month of both series (50 ms), and no alert waits for it. The budget changes slowly, but npm run up and
      // npm run reload wait until every rule has been evaluated once.
      { name: `slo-${service}-budget`, interval: `${INTERVAL}s`, rules: slos.map((slo) => budgetLeft(service, days, slo)) },
    ],
  };
}

function rulesOf(service: string, days: number, slo: Slo, runbooksUrl: string): readonly (RecordedMetric | Alert)[] {
  const { name, total, good, absentIsBad } = slo;
  const labels = { service, slo: name };
  const events = `sum(${series('slo_events', RATE_RANGE, labels)})`;
  const orNone = absentIsBad ? `(${good} or 0 * ${events})` : good;
  return [
    { record: nameOf('slo_events', RATE_RANGE), expr: total, labels },
    { record: nameOf('slo_errors', RATE_RANGE), expr: `${events} - ${orNone}`, labels },
    ...WINDOWS.map((window) => ({ record: burnRate(window), expr: `${errorShare(labels, window)} / ${budgetOf(slo)}`, labels })),
    alert({ service, days, runbooksUrl }, slo, 'fast'),
    alert({ service, days, runbooksUrl }, slo, 'slow'),
  ];
}

function budgetLeft(service: string, days: number, slo: Slo): RecordedMetric {
  const labels = { service, slo: slo.name };
  return { record: 'service:slo_error_budget_left:ratio', expr: `1 - ${errorShare(labels, `${days}d`)} / ${budgetOf(slo)}`, labels };
}

function alert(
  { service, days, runbooksUrl }: { readonly service: string; readonly days: number; readonly runbooksUrl: string },
  { name, objective }: Slo,
  speed: keyof typeof CONDITIONS,
): Alert {
  const labels = { service, slo: name };
  const at = (window: string): string => `${burnRate(window)}${selector(labels)}`;
  const conditions = CONDITIONS[speed].map(({ rate, long, short }) => {
    const errors = `${INTERVAL} * sum_over_time(${series('slo_errors', RATE_RANGE, labels)}[${long}])`;
    return `(${at(long)} > ${rate} and ${at(short)} > ${rate} and ${errors} >= ${ERRORS_AT_LEAST})`;
  });
  const fast = speed === 'fast';
  const alertName = SLO_ALERTS[fast ? 0 : 1];
  return {
    alert: alertName,
    expr: conditions.join('\nor\n'),
    labels: { ...labels, severity: fast ? 'critical' : 'warning', category: 'application' },
    annotations: {
      summary: `${service} burns the error budget of ${name} ${fast ? 'far too fast' : 'too fast'}`,
      description: `${service} burns the error budget of ${name} (${objective} % within ${days} days) {{ $value | printf "%.1f" }} times as fast as allowed.`,
      impact: fast
        ? `At six times, the errors allowed in ${days} days are used up in ${rounded(days / 6)}.`
        : `At this rate, the errors allowed in ${days} days are used up earlier.`,
      runbook_url: `${runbooksUrl}/apps/${alertName}`,
    },
  };
}

function nameOf(what: string, window: string): string {
  return `service:${what}:rate${window}`;
}

function burnRate(window: string): string {
  return `service:slo_burn_rate:${window}`;
}

function series(what: string, window: string, labels: Readonly<Record<string, string>>): string {
  return `${nameOf(what, window)}${selector(labels)}`;
}

function selector(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;
}

/** Errors as a share of all events of a window. Without events it is NaN, for which no alert fires. */
function errorShare(labels: Readonly<Record<string, string>>, window: string): string {
  const sum = (what: string): string => `sum_over_time(${series(what, RATE_RANGE, labels)}[${window}])`;
  return `${sum('slo_errors')} / ${sum('slo_events')}`;
}

/** The share of events that may be bad, without the noise of binary fractions: 0.001, not 0.0009999999999999432. */
function budgetOf({ objective }: Slo): number {
  return Number(((100 - objective) / 100).toPrecision(6));
}

function rounded(days: number): string {
  return `${Number(days.toFixed(1))} days`;
}
