import type { CATEGORIES, SEVERITIES } from './labels.ts';

/** Labels by name; an empty value takes a label away. */
export type Labels = Readonly<Record<string, string>>;

/**
 * The samples of a series in promtool's notation, of which the last item goes on to the end of the test: 5 is always 5, `0+3` a counter
 * that grows by 3 per scrape, `1x3 0` four times 1 and 0 from then on, `0x60 _` a series that ends. An item with `x` in last place ends there.
 */
export type Values = number | string;

/** The values beside a threshold: one at which the alert is silent, and one at which it fires. */
export interface Edge {
  readonly is: 'above' | 'below';
  readonly silent: Values;
  readonly fires: Values;
}

/** Values by series: a metric, with the labels in which it differs from the others, such as `up{job="node"}`. */
type Series = Readonly<Record<string, Values | Edge>>;

/**
 * Changes of the series of a test: other values (null takes a series away), or other labels for all of them, such as `job="node"`, or both.
 * Where an alert fires, it is expected with these labels.
 */
export type Change = string | SeriesChange | readonly [labels: string, series: SeriesChange];
export type SeriesChange = Readonly<Record<string, Values | null>>;

/** The moments at which an alert is expected, counted from the first sample. */
interface Moments {
  /** The first evaluation at which it fires. At the one before it must be silent. */
  readonly from?: string;
  /** An evaluation at which it fires, whatever was before. */
  readonly at?: string;
  /** The first evaluation at which it is silent again. */
  readonly until?: string;
  /** What the `$value` of its annotations reads like then; to be given exactly where they show it. */
  readonly shown?: string;
  /** The same at the last evaluation before `until`, where the value changes with time. */
  readonly lastShown?: string;
  /** Labels of the alert that are not those of the series, by aggregation or by the rule; beside severity, category and notify_sms. */
  readonly result?: Labels;
}

/** A further situation in which an alert fires, with the same `shown` and `result` unless it says otherwise. */
export interface Firing extends Moments {
  readonly change: Change;
}

/** What is expected of one alert. An alert may have several, with different scrape intervals for instance. */
export interface AlertTest extends Moments {
  readonly alert: string;
  readonly severity: (typeof SEVERITIES)[number];
  /** The table's, where it is not given. */
  readonly category?: (typeof CATEGORIES)[number];
  /** Whether it carries `notify_sms: 'true'`. */
  readonly sms?: true;
  /** How often the rules are evaluated; the table's, where it is not given. */
  readonly every?: string;
  /** How far the samples are apart; the table's, where it is not given. */
  readonly scrape?: string;
  /** Labels of all series and of the alert, besides those of the table. */
  readonly labels?: Labels;
  readonly series: Series;
  /** Further situations in which it fires, by what they are. */
  readonly fires?: Readonly<Record<string, Firing>>;
  /** Situations in which it never fires, by what they are. */
  readonly silent?: Readonly<Record<string, Change>>;
  /** How long silence is watched; twice as long as it takes to fire and five minutes at least, where it is not given. */
  readonly watched?: string;
}

/** The rule tests of the rule file with the same name: `test/rules/redis.ts` tests `prometheus/rules/redis.yml`. */
export interface RuleTable {
  readonly category: (typeof CATEGORIES)[number];
  /** Labels of every series, and of every alert. */
  readonly labels: Labels;
  /** 15s, where it is not given: the interval of a rule group without one. */
  readonly every?: string;
  /** 15s, where it is not given: the scrape interval. */
  readonly scrape?: string;
  readonly alerts: readonly AlertTest[];
}

/** Gives a table its type. To be exported as default. */
export function ruleTable(table: RuleTable): RuleTable {
  return table;
}

/** A series beside a threshold from above: silent at `limit`, firing at `beyond`. */
export function above(limit: Values, beyond: Values): Edge {
  return { is: 'above', silent: limit, fires: beyond };
}

/** A series beside a threshold from below: silent at `limit`, firing at `beyond`. */
export function below(limit: Values, beyond: Values): Edge {
  return { is: 'below', silent: limit, fires: beyond };
}

/**
 * An alert on a series that is 1 and falls to 0, with a hold of 20 s at a scrape interval of 15 s: it fires when two scrapes in a row show
 * it, and a single one is not enough.
 */
export function down(alert: string, series: string, more: Omit<AlertTest, 'alert' | 'series' | 'severity'> = {}): AlertTest {
  const { silent, ...rest } = more;
  return {
    alert,
    severity: 'critical',
    every: '5s',
    series: { [series]: '1x3 0' },
    from: '1m20s',
    ...rest,
    silent: { 'when one scrape fails': { [series]: '1x3 0 1' }, ...silent },
  };
}
