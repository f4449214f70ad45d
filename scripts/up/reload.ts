import { addressesOf } from '../settings/addresses.ts';
import { stackFailure } from '../base/failure.ts';
import { error, type Problem } from '../base/problem.ts';
import { alertmanagerApi } from '../clients/alertmanager.ts';
import { prometheusApi } from '../clients/prometheus.ts';
import { stackState } from '../engine/stack-state.ts';
import type { Prepared } from './prepare.ts';
import type { Workspace } from '../engine/workspace.ts';

/**
 * Reloads the services that can reload without a restart, if their container ran before (by id): a new one
 * has read the new files at its start. The others were recreated by Compose when their files changed.
 */
export async function reloadServices({ docker, report }: Workspace, { settings }: Prepared, before: ReadonlySet<string>): Promise<void> {
  const at = addressesOf(settings.plain);
  const old = (await stackState(docker, settings.plain.COMPOSE_PROJECT_NAME))
    .filter(({ id }) => before.has(id))
    .map(({ service }) => service);
  const services = [
    { name: 'prometheus', reload: async () => prometheusApi(at.prometheus).reload() },
    { name: 'alertmanager', reload: async () => alertmanagerApi(at.alertmanager).reload() },
  ].filter(({ name }) => old.includes(name));
  if (services.length === 0) return;
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
              `rejects the configuration and keeps the old one: ${failure instanceof Error ? failure.message : String(failure)}`,
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
