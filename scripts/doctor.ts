import { parseArguments } from './cli/args.ts';
import { main } from './cli/command.ts';
import { renderDiagnosis } from './cli/doctor.ts';
import { isPingLate } from './core/doctor.ts';
import { stackFailure } from './core/failure.ts';
import { error } from './core/problem.ts';
import { ROOT } from './io/files.ts';
import { loadSettings } from './io/settings.ts';
import { examine } from './steps/doctor.ts';

/** Says which alerts cannot fire on this host and why, which channels fail, and when the dead-man's switch was last told. */
await main(async ({ args, report }) => {
  const { values } = parseArguments(args, { usage: 'npm run doctor [-- --json]', options: { json: { type: 'boolean' } } });
  const { settings } = await loadSettings(ROOT);
  const diagnosis = await report.step('alerts and channels examined', async () => examine(ROOT, settings));
  report.result(values.json === true ? JSON.stringify(diagnosis, null, 2) : renderDiagnosis(diagnosis));
  const failing = diagnosis.channels
    .filter(({ failed }) => failed > 0)
    .map(({ channel, failed }) =>
      error(
        `channel ${channel}`,
        `failed ${failed} times in the last hour`,
        'npm run test-alert shows the error; npm run logs -- alertmanager',
      ),
    );
  const late = isPingLate(diagnosis.deadman) ? [error("dead-man's switch", 'was not told in time', 'npm run logs -- alertmanager')] : [];
  if (failing.length + late.length > 0) throw stackFailure([...failing, ...late]);
});
