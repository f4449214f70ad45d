import type { CATEGORIES, SEVERITIES } from './labels.ts';

/** Labels by name; an empty value removes a label. */
export type Labels = Readonly<Record<string, string>>;

/**
 * The samples of a series in promtool's notation, whose last item repeats to the end of the test: 5 is always 5, `0+3` a counter
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
 * Changes of the series of a test: other values (null removes a series), or other labels for all of them, such as `job="node"`, or both.
 * A firing alert is expected with these labels.
 */
export type Change = string | SeriesChange | readonly [labels: string, series: SeriesChange];
export type SeriesChange = Readonly<Record<string, Values | null>>;

/** When an alert is expected, counted from the first sample. */
interface Moments {
  /** The first evaluation at which it fires. At the one before, it must be silent. */
  readonly from?: string;
  /** An evaluation at which it fires, whatever came before. */
  readonly at?: string;
  /** The first evaluation at which it is silent again. */
  readonly until?: string;
  /** The text of `$value` in its annotations then; required if and only if they show it. */
  readonly shown?: string;
  /** The same at the last evaluation before `until`, if the value changes with time. */
  readonly lastShown?: string;
  /** Labels of the alert that are not those of the series, by aggregation or by the rule; beside severity, category and notify_sms. */
  readonly result?: Labels;
}

/** A further situation in which an alert fires, with the same `shown` and `result` unless it overrides them. */
export interface Firing extends Moments {
  readonly change: Change;
}

/** What is expected of one alert. An alert may have several, for example with different scrape intervals. */
export interface AlertTest extends Moments {
  readonly alert: string;
  readonly severity: (typeof SEVERITIES)[number];
  /** Default: the table's. */
  readonly category?: (typeof CATEGORIES)[number];
  /** Whether it carries `notify_sms: 'true'`. */
  readonly sms?: true;
  /** How often the rules are evaluated. Default: the table's. */
  readonly every?: string;
  /** Interval between samples. Default: the table's. */
  readonly scrape?: string;
  /** Labels of all series and of the alert, besides those of the table. */
  readonly labels?: Labels;
  readonly series: Series;
  /** Further situations in which it fires, by what they are. */
  readonly fires?: Readonly<Record<string, Firing>>;
  /** Situations in which it never fires, by what they are. */
  readonly silent?: Readonly<Record<string, Change>>;
  /** How long silence is watched. Default: twice the time to fire, at least five minutes. */
  readonly watched?: string;
  /**
   * Why one lost scrape may start its hold anew. Without it every alert that holds for five minutes or longer must fire at the same moment
   * where a scrape is lost in the middle of its hold.
   */
  readonly restartedByLostScrape?: string;
}

/** The rule tests of the rule file with the same name: `test/rules/redis.ts` tests `prometheus/rules/redis.yml`. */
export interface RuleTable {
  readonly category: (typeof CATEGORIES)[number];
  /** Labels of every series, and of every alert. */
  readonly labels: Labels;
  /** Default 15s: the interval of a rule group without one. */
  readonly every?: string;
  /** Default 15s: the scrape interval. */
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
 * it; a single one is not enough.
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
