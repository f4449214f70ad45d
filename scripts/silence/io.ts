import { userInfo } from 'node:os';
import { inputFailure, stackFailure } from '../base/failure.ts';
import { error } from '../base/problem.ts';
import { alertmanagerApi, type AlertmanagerApi, type HeldAlert } from '../clients/alertmanager.ts';
import { prometheusApi, type PrometheusApi } from '../clients/prometheus.ts';
import { addressesOf } from '../settings/addresses.ts';
import type { PlainSettings } from '../settings/table.ts';
import type { Request } from './request.ts';
import { meantBy, shownSilences, type ShownSilence } from './show.ts';
import { CONTAINERS, mutedBy, NAMING_LABELS, namedBy, WATCHDOG, type Known } from './words.ts';

/** Names of the past day count: what is silenced may have been down for hours. */
const KNOWN_FOR_MS = 86_400_000;

/** A new silence, and the silences that were made or ended. */
export interface Outcome {
  readonly silences: readonly ShownSilence[];
  /** How many of the present alerts they mute together. */
  readonly mutes: number;
}

/** The silences that are not over. Throws a `Failure` if Alertmanager does not answer. */
export async function listSilences(settings: PlainSettings): Promise<readonly ShownSilence[]> {
  return answered('alertmanager', async () => present(alertmanagerApi(addressesOf(settings).alertmanager)));
}

/** Silences what the word names, in the name of this user. */
export async function silence(settings: PlainSettings, { word, seconds, reason }: Extract<Request, { kind: 'create' }>): Promise<Outcome> {
  const at = addressesOf(settings);
  const alertmanager = alertmanagerApi(at.alertmanager);
  const named = namedBy(word, await answered('prometheus', async () => knownNames(prometheusApi(at.prometheus))));
  if ('wrong' in named) throw inputFailure([error('arguments', named.wrong, named.fix)]);
  return answered('alertmanager', async () => {
    const alerts = await alertmanager.alerts();
    const now = Date.now();
    const [startsAt, endsAt] = [new Date(now).toISOString(), new Date(now + seconds * 1000).toISOString()];
    const ids = await Promise.all(
      named.silences.map(async (matchers) => alertmanager.silence({ matchers, startsAt, endsAt, createdBy: author(), comment: reason })),
    );
    const silences = (await present(alertmanager)).filter(({ id }) => ids.includes(id));
    return { silences, mutes: together(named.silences.map((matchers) => mutedBy({ matchers }, alerts))) };
  });
}

/** Ends the silences that are meant. */
export async function endSilences(settings: PlainSettings, which: string): Promise<readonly ShownSilence[]> {
  const alertmanager = alertmanagerApi(addressesOf(settings).alertmanager);
  return answered('alertmanager', async () => {
    const all = await present(alertmanager);
    const meant = meantBy(which, all);
    if (meant.length === 0 && which !== 'all')
      throw inputFailure([
        error(
          'arguments',
          `no silence has the id or the name "${which}"`,
          all.length === 0 ? 'There is none.' : `There are ${all.map(({ id, what }) => `${id.slice(0, 8)} (${what})`).join(', ')}.`,
        ),
      ]);
    await Promise.all(meant.map(async ({ id }) => alertmanager.endSilence(id)));
    return meant;
  });
}

async function present(alertmanager: AlertmanagerApi): Promise<readonly ShownSilence[]> {
  return shownSilences(...(await Promise.all([alertmanager.silences(), alertmanager.alerts()])));
}

async function knownNames(prometheus: PrometheusApi): Promise<Known> {
  const since = new Date(Date.now() - KNOWN_FOR_MS);
  const rules = await prometheus.rules();
  const values = await Promise.all(
    NAMING_LABELS.map(async (label) => {
      // Most alerts have no series until they fire.
      if (label === 'alertname') return rules.flatMap(({ name, kind }) => (kind === 'alerting' && name !== WATCHDOG ? [name] : []));
      return prometheus.labelValues(label, since, label === 'name' ? CONTAINERS : undefined);
    }),
  );
  return new Map(NAMING_LABELS.map((label, index) => [label, new Set(values[index])]));
}

function together(groups: readonly (readonly HeldAlert[])[]): number {
  return new Set(groups.flat().map(({ labels }) => JSON.stringify(Object.entries(labels).sort()))).size;
}

/** The person, not root, where it was started by sudo. */
function author(): string {
  return process.env['SUDO_USER'] ?? userInfo().username;
}

async function answered<T>(service: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (failure) {
    if (!(failure instanceof Error) || failure.name === 'Failure') throw failure;
    const why = failure.cause instanceof Error ? `${failure.message} (${failure.cause.message})` : failure.message;
    throw stackFailure([error(`service ${service}`, `does not answer: ${why}`, `npm run status; npm run logs -- ${service}`)]);
  }
}
