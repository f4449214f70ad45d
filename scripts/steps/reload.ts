import { addressesOf } from '../core/addresses.ts';
import { stackFailure } from '../core/failure.ts';
import { error, type Problem } from '../core/problem.ts';
import { alertmanagerApi } from '../io/alertmanager.ts';
import { prometheusApi } from '../io/prometheus.ts';
import type { Prepared } from './prepare.ts';
import type { Workplace } from './workplace.ts';

/** Makes the services that read their files again without a restart do so. The others were recreated by Compose when their files changed. */
export async function reloadServices({ report }: Workplace, { settings }: Prepared): Promise<void> {
  const at = addressesOf(settings.plain);
  const services = [
    { name: 'prometheus', reload: async () => prometheusApi(at.prometheus).reload() },
    { name: 'alertmanager', reload: async () => alertmanagerApi(at.alertmanager).reload() },
  ];
  await report.step('configuration reloaded', async (detail) => {
    const problems = await Promise.all(
      services.map(async ({ name, reload }): Promise<readonly Problem[]> => {
        try {
          await reload();
          return [];
        } catch (failure) {
          return [
            error(
              `service ${name}`,
              `refuses the configuration and goes on with the old one: ${failure instanceof Error ? failure.message : String(failure)}`,
              `npm run logs -- ${name}`,
            ),
          ];
        }
      }),
    );
    if (problems.flat().length > 0) throw stackFailure(problems.flat());
    detail(services.map(({ name }) => name).join(', '));
  });
}
