/**
 * Compares two versions of Debian packages as dpkg does (Debian Policy, section 5.6.12): negative where `a` is older, positive where it is newer.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  return left.epoch - right.epoch || compareText(left.upstream, right.upstream) || compareText(left.revision, right.revision);
}

function parts(version: string): { readonly epoch: number; readonly upstream: string; readonly revision: string } {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return {
    epoch: colon === -1 ? 0 : Number(version.slice(0, colon)),
    upstream: dash === -1 ? rest : rest.slice(0, dash),
    revision: dash === -1 ? '' : rest.slice(dash + 1),
  };
}

/** Text and numbers by turns. */
function compareText(a: string, b: string): number {
  let [left, right] = [a, b];
  while (left !== '' || right !== '') {
    const [leftText = '', rightText = ''] = [/^\D*/.exec(left)?.[0], /^\D*/.exec(right)?.[0]];
    for (let at = 0; at < Math.max(leftText.length, rightText.length); at += 1) {
      const difference = rank(leftText[at]) - rank(rightText[at]);
      if (difference !== 0) return difference;
    }
    [left, right] = [left.slice(leftText.length), right.slice(rightText.length)];
    const [leftDigits = '', rightDigits = ''] = [/^\d*/.exec(left)?.[0], /^\d*/.exec(right)?.[0]];
    const difference = BigInt(leftDigits === '' ? 0 : leftDigits) - BigInt(rightDigits === '' ? 0 : rightDigits);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
    [left, right] = [left.slice(leftDigits.length), right.slice(rightDigits.length)];
  }
  return 0;
}

/** `~` before the end, the end before letters, letters before everything else. */
function rank(character: string | undefined): number {
  if (character === '~') return -1;
  if (character === undefined) return 0;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}
