import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as logs from '@grafana/grafana-foundation-sdk/logs';
import * as loki from '@grafana/grafana-foundation-sdk/loki';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

/** Data sources under the fixed uids of grafana/provisioning/datasources. */
const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' };
const LOKI = { type: 'loki', uid: 'loki' };

/** What every panel has. `off` is shown instead of "No data": why there may be none. */
export interface PanelText {
  readonly title: string;
  /** What it shows, and when to worry. */
  readonly about: string;
  /** A Grafana unit: `percent`, `bytes`, `s`, `short`, `ops`, … */
  readonly unit: string;
  readonly off?: string;
}

/** One curve: an expression, and its name with label placeholders. */
export type Curve = readonly [expr: string, legend: string];

/** Value from which a panel turns yellow and red; without `critical` it never turns red. */
export interface Limits {
  readonly warning: number;
  readonly critical?: number;
  /** True where small values are bad. */
  readonly below?: boolean;
}

function query([expr, legend]: Curve, index: number, instant: boolean): prometheus.DataqueryBuilder {
  const builder = new prometheus.DataqueryBuilder()
    .datasource(PROMETHEUS)
    .expr(expr)
    .legendFormat(legend)
    .refId(String.fromCharCode(65 + index));
  return instant ? builder.instant().format(prometheus.PromQueryFormat.Table) : builder.range();
}

/** The thresholds of a panel's colours. */
function thresholds(limits: Limits | undefined): dashboard.ThresholdsConfigBuilder {
  const steps = (first: string, ...rest: readonly (readonly [number, string])[]): dashboard.Threshold[] => [
    { value: null, color: first },
    ...rest.map(([value, color]) => ({ value, color })),
  ];
  const chosen =
    limits === undefined
      ? steps('text')
      : limits.below === true
        ? steps('text', [0, 'red'], [limits.critical ?? 0, 'yellow'], [limits.warning, 'green'])
        : steps('green', [limits.warning, 'yellow'], ...(limits.critical === undefined ? [] : [[limits.critical, 'red'] as const]));
  return new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps(chosen);
}

/** Curves over time. */
export function graph(text: PanelText, ...curves: readonly Curve[]): timeseries.PanelBuilder {
  return curves
    .reduce((panel, curve, index) => panel.withTarget(query(curve, index, false)), new timeseries.PanelBuilder().datasource(PROMETHEUS))
    .title(text.title)
    .description(text.about)
    .unit(text.unit)
    .min(0)
    .noValue(text.off ?? 'no data')
    .lineWidth(1)
    .fillOpacity(10)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending));
}

/** Curves over time, with dashed lines at their limits. */
export function limitedGraph(text: PanelText, limits: Limits, ...curves: readonly Curve[]): timeseries.PanelBuilder {
  return graph(text, ...curves)
    .thresholds(thresholds(limits))
    .thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed));
}

/** The last value, large, coloured by its limits. */
export function figure(text: PanelText, limits: Limits | undefined, ...curves: readonly Curve[]): stat.PanelBuilder {
  return curves
    .reduce((panel, curve, index) => panel.withTarget(query(curve, index, false)), new stat.PanelBuilder().datasource(PROMETHEUS))
    .title(text.title)
    .description(text.about)
    .unit(text.unit)
    .noValue(text.off ?? 'no data')
    .thresholds(thresholds(limits))
    .colorMode(limits === undefined ? common.BigValueColorMode.None : common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']));
}

/** The present values as rows: one column per label that is not hidden, and the value. */
export function list(text: PanelText, expr: string, hidden: readonly string[], value: string): table.PanelBuilder {
  const excludeByName = Object.fromEntries(['Time', ...hidden].map((name) => [name, true]));
  return new table.PanelBuilder()
    .datasource(PROMETHEUS)
    .withTarget(query([expr, ''], 0, true))
    .title(text.title)
    .description(text.about)
    .unit(text.unit)
    .noValue(text.off ?? 'none')
    .withTransformation({ id: 'organize', options: { excludeByName, renameByName: { Value: value } } });
}

/** One column of a table: its name, its unit and its expression, whose labels the other columns have too. */
export type Column = readonly [name: string, unit: string, expr: string];

/** The present values of several expressions side by side: a row per combination of labels. */
export function grid(text: PanelText, ...columns: readonly Column[]): table.PanelBuilder {
  const nameOf = (index: number): string => `Value #${String.fromCharCode(65 + index)}`;
  const panel = columns.reduce(
    (builder, [, , expr], index) => builder.withTarget(query([expr, ''], index, true)),
    new table.PanelBuilder().datasource(PROMETHEUS),
  );
  return (
    columns
      .reduce((builder, [name, unit]) => builder.overrideByName(name, [{ id: 'unit', value: unit }]), panel)
      .title(text.title)
      .description(text.about)
      .unit(text.unit)
      .noValue(text.off ?? 'none')
      // Grafana's 150 would push the last columns out of sight.
      .minWidth(60)
      .withTransformation({ id: 'merge', options: {} })
      .withTransformation({
        id: 'organize',
        options: { excludeByName: { Time: true }, renameByName: Object.fromEntries(columns.map(([name], index) => [nameOf(index), name])) },
      })
  );
}

/** Lines of logs. */
export function lines(text: Omit<PanelText, 'unit'>, expr: string): logs.PanelBuilder {
  return new logs.PanelBuilder()
    .datasource(LOKI)
    .withTarget(new loki.DataqueryBuilder().datasource(LOKI).expr(expr).refId('A').maxLines(100))
    .title(text.title)
    .description(text.about)
    .noValue(text.off ?? 'no lines')
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder(common.LogsSortOrder.Descending);
}

const KEEP =
  'Provisioned from a file: changes made here are lost. To keep your own copy, export it as classic JSON into grafana/dashboards/custom/ with another uid, then npm run reload.';

/** A variable whose values are those of a label; several can be chosen, and all are at first. */
export function choice(label: string, title: string, series: string): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder(label)
    .label(title)
    .datasource(PROMETHEUS)
    .query({ query: `label_values(${series}, ${label})`, refId: label })
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .current({ text: 'All', value: '$__all' });
}

/** Deployments, at the moment in which the old container was stopped. The value is a time, in milliseconds as Grafana wants it. */
function deployments(): dashboard.AnnotationQueryBuilder {
  return new dashboard.AnnotationQueryBuilder()
    .name('Deployments')
    .datasource(PROMETHEUS)
    .enable(true)
    .iconColor('blue')
    .expr('1000 * docker_service_planned_stop_timestamp_seconds')
    .useValueForTime(true)
    .titleFormat('Deployment of {{unit}}')
    .textFormat('on {{instance}}');
}

/** A dashboard under a fixed uid, which is also the name of its file. */
export function board(uid: string, title: string, about: string): dashboard.DashboardBuilder {
  return new dashboard.DashboardBuilder(title)
    .uid(uid)
    .description(`${about} ${KEEP}`)
    .tags(['pharos'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .annotation(deployments())
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .editable();
}
