import { closest, distance } from 'fastest-levenshtein';
import type { HeldAlert, NewSilence, SilenceMatcher } from '../clients/alertmanager.ts';

/** The labels by which people name what they silence. A word may be the value of several. */
export const NAMING_LABELS = [
  'service',
  'server',
  'instance',
  'target_host',
  'alertname',
  'container_label_com_docker_compose_service',
  'name',
] as const;

/** Containers alone have a label `name` that people know. */
export const CONTAINERS = '{container_label_com_docker_compose_service!=""}';

/** Pings the dead-man's switch: a silence of it would raise the alarm outside. */
export const WATCHDOG = 'Watchdog';

/** The values of each naming label that are known. */
export type Known = ReadonlyMap<string, ReadonlySet<string>>;

/** What is to be silenced: the matchers of one silence for each label that has the word as a value. */
export type Named = { readonly silences: readonly (readonly SilenceMatcher[])[] } | { readonly wrong: string; readonly fix: string };

/** Finds what a word names. `all` is every alert but the Watchdog. */
export function namedBy(word: string, known: Known): Named {
  if (word === 'all') return { silences: [[matcher('alertname', WATCHDOG, false)]] };
  if (word === WATCHDOG)
    return {
      wrong: 'the Watchdog pings the dead-man’s switch: silencing it raises the alarm there',
      fix: 'Pause the check at that service.',
    };
  const labels = NAMING_LABELS.filter((label) => known.get(label)?.has(word) === true);
  if (labels.length > 0) return { silences: labels.map((label) => [matcher(label, word, true)]) };
  const near = nearest(word, [...new Set([...known.values()].flatMap((values) => [...values]))]);
  return {
    wrong: `"${word}" is no service, server, instance, container or alert that Prometheus knows`,
    fix: near.length === 0 ? 'A name as a notification shows it, or all.' : `Did you mean ${near.join(', ')}?`,
  };
}

/** Up to three names that are close to a word, or contain it; the closest first. */
function nearest(word: string, names: readonly string[]): readonly string[] {
  const small = word.toLowerCase();
  const isClose = (name: string): boolean =>
    distance(small, name.toLowerCase()) <= Math.max(2, Math.floor(word.length / 3)) || name.toLowerCase().includes(small);
  const left = new Set(names.filter(isClose));
  const found: string[] = [];
  while (left.size > 0 && found.length < 3) {
    const next = closest(word, [...left]);
    left.delete(next);
    found.push(next);
  }
  return found;
}

function matcher(name: string, value: string, isEqual: boolean): SilenceMatcher {
  return { name, value, isEqual, isRegex: false };
}

/** The alerts that a silence mutes, of those that Alertmanager holds. Its matchers may be regular expressions. */
export function mutedBy({ matchers }: Pick<NewSilence, 'matchers'>, alerts: readonly HeldAlert[]): readonly HeldAlert[] {
  return alerts.filter(({ labels }) =>
    matchers.every(({ name, value, isRegex, isEqual }) => {
      const has = labels[name] ?? '';
      return (isRegex ? new RegExp(`^(?:${value})$`).test(has) : has === value) === isEqual;
    }),
  );
}

/** The matchers as Alertmanager writes them. */
export function matchersText(matchers: readonly SilenceMatcher[]): string {
  return matchers
    .map(({ name, value, isRegex, isEqual }) => `${name}${isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!='}"${value}"`)
    .join(', ');
}
