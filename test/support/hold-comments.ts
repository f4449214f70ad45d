const WORDS: Readonly<Record<string, string>> = {
  ...{ '1': 'an?|one|the|its', '2': 'two', '3': 'three', '4': 'four', '5': 'five', '6': 'six', '10': 'ten', '15': 'fifteen' },
  ...{ '20': 'twenty', '30': 'thirty' },
};
const UNITS: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour', d: 'day' };
/** Times that people call otherwise. */
const SPOKEN: Readonly<Record<string, string>> = { '15m': 'quarter of an hour', '30m': 'half an hour', '90s': 'minute and a half' };

/** Alerts of a rule file with a `for` that the comment above them does not speak of, such as `for: 5m` without "5 m" or "five minutes". */
export function unexplainedHolds(text: string): readonly string[] {
  const blocks = text.matchAll(/((?:^ *#.*\n)*)^ *- alert: (\w+)\n((?:(?!^ *(?:- |#)).*\n)*)/gm);
  return [...blocks].flatMap(([, comment = '', alert = '', body = '']) => {
    const hold = /^ +for: (\S+)$/m.exec(body)?.[1];
    const words = comment.replace(/^ *#/gm, '').replace(/\s+/g, ' ');
    return hold === undefined || speaksOf(hold, words) ? [] : [`${alert}: ${hold}`];
  });
}

function speaksOf(hold: string, words: string): boolean {
  const parts = [...hold.matchAll(/(\d+)([smhd])/g)].map(([, count = '', unit = '']) => {
    const name = UNITS[unit] ?? '';
    return `\\b${count} ?(?:${unit}\\b|${name})|\\b(?:${WORDS[count] ?? count}) ${name}`;
  });
  const spoken = SPOKEN[hold];
  return (spoken !== undefined && words.toLowerCase().includes(spoken)) || parts.every((part) => new RegExp(part, 'i').test(words));
}
