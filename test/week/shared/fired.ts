import { secondsOf } from '../../../scripts/rules/samples.ts';
import type { Labels } from '../../../scripts/rules/table.ts';

/** The alerts that fire at each evaluation, by its time in seconds; evaluations without any are left out. */
export type Timeline = ReadonlyMap<number, readonly Labels[]>;

/** Asks promtool for every alert that fires. An expectation that is not met is how it lists them; one is never met, which shows that it looked. */
export const FIRING = 'ALERTS{alertstate="firing"}';

const UNMET = /^expr: "ALERTS\{alertstate=\\"firing\\"\}", time: (\S+),\s+exp: nil\s+got: (.*)$/;

/** Reads the firing alerts from expectations of silence that are not met, as promtool words them. */
export function firedIn(failures: readonly string[]): Timeline {
  return new Map(
    failures.flatMap((failure) => {
      const [, time, got = ''] = UNMET.exec(failure) ?? [];
      if (time === undefined) return [];
      return [
        [
          secondsOf(time),
          [...got.matchAll(/\{(__name__="ALERTS"(?:, \w+="(?:[^"\\]|\\.)*")*)\} \S+/g)].map(([, labels = '']) => labelsOf(labels)),
        ],
      ];
    }),
  );
}

function labelsOf(text: string): Labels {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
      .map(([, name = '', value = '']) => [name, JSON.parse(`"${value}"`) as string] as const)
      .filter(([name]) => name !== '__name__' && name !== 'alertstate'),
  );
}
