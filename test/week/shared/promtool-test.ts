import { secondsOf } from '../../../scripts/rules/samples.ts';
import { EVERYTHING, type Target, type WeekEvent } from './event.ts';
import { FIRING } from './fired.ts';
import { sampled } from './sampled.ts';

/** Seconds between possible samples: a third of the usual scrape interval where seconds matter, else the interval. */
const TICKS = { fine: 5, coarse: 15 };

/**
 * The promtool test of an event over rule files: at every evaluation it expects that no alert fires.
 *
 * @param rules names of all rule files
 * @param scrape the scrape interval of a job in seconds
 */
export function promtoolTest(
  event: WeekEvent,
  background: readonly Target[],
  rules: readonly string[],
  scrape: (job: string) => number,
): string {
  const every = secondsOf(event.every ?? '5s');
  const tick = every < TICKS.coarse ? TICKS.fine : TICKS.coarse;
  return JSON.stringify({
    rule_files: rules,
    evaluation_interval: `${every}s`,
    tests: [
      {
        name: event.title,
        interval: `${tick}s`,
        input_series: [...sampled(background, event, { tick, scrape })].map(([series, values]) => ({ series, values })),
        promql_expr_test: looksOf(event).map((at) => ({ expr: FIRING, eval_time: `${at}s`, exp_samples: [] })),
      },
    ],
  });
}

/** The seconds at which the rules are evaluated: at none while Prometheus does not run. */
export function looksOf({ lasts, every = '5s', happenings }: WeekEvent): readonly number[] {
  const gaps = happenings.filter(({ changes }) => changes.some((change) => change.kind === 'gone' && change.of === EVERYTHING));
  const step = secondsOf(every);
  return Array.from({ length: Math.floor(secondsOf(lasts) / step) + 1 }, (_, look) => look * step).filter(
    (at) => !gaps.some(({ from, to = lasts }) => at >= secondsOf(from) && at < secondsOf(to)),
  );
}
