import { parseArguments } from './base/args.ts';
import { main } from './base/command.ts';
import { renderDiagnosis } from './doctor/show-doctor.ts';
import { isPingLate } from './doctor/diagnosis.ts';
import { stackFailure } from './base/failure.ts';
import { error } from './base/problem.ts';
import { ROOT } from './base/files.ts';
import { loadSettings } from './settings/io.ts';
import { examine } from './doctor/run.ts';

/** Reports which alerts cannot fire on this host and why, which channels fail, and when the dead-man's switch was last pinged. */
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
  const late = isPingLate(diagnosis.deadman) ? [error("dead-man's switch", 'was not pinged in time', 'npm run logs -- alertmanager')] : [];
  if (failing.length + late.length > 0) throw stackFailure([...failing, ...late]);
});
