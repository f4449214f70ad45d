import { parseArguments } from './base/args.ts';
import { main } from './base/command.ts';
import { inputFailure } from './base/failure.ts';
import { ROOT } from './base/files.ts';
import { error } from './base/problem.ts';
import { spanSeconds } from './base/span.ts';
import { backtest } from './backtest/run.ts';
import { renderBacktest } from './backtest/show.ts';
import { loadSettings } from './settings/io.ts';

const USAGE = 'npm run backtest [-- --days 14 --step 1m --json <alert>…]';

/** Says when the alerts as they are on disk would have fired over what Prometheus has stored. Changes nothing. */
await main(async ({ args, report, signal }) => {
  const { values, positionals } = parseArguments(args, {
    usage: USAGE,
    positionals: true,
    options: { days: { type: 'string', default: '14' }, step: { type: 'string' }, json: { type: 'boolean' } },
  });
  const days = Number(values.days);
  if (!(days > 0 && days <= 3650))
    throw inputFailure([error('arguments', `--days ${values.days} is not a number of days`, 'A number up to 3650, such as 14 or 0.5.')]);
  const step = values.step === undefined ? undefined : spanSeconds(values.step);
  if (values.step !== undefined && !(step !== undefined && step >= 1))
    throw inputFailure([error('arguments', `--step ${values.step} is not a span`, 'A number and a unit, such as 30s or 5m.')]);
  const { settings } = await loadSettings(ROOT);
  const result = await backtest({ root: ROOT, settings: settings.plain, days, step, alerts: positionals }, report, signal);
  report.result(values.json === true ? JSON.stringify(result, null, 2) : renderBacktest(result));
});
