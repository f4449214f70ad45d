import pc from 'picocolors';
import { scoreOf, type Verdict } from './score.ts';

/** The survivors by file and rule, then how many died. */
export function renderVerdicts(verdicts: readonly Verdict[]): string {
  const survivors = verdicts.filter(({ killed }) => !killed);
  const files = [...new Set(survivors.map(({ path }) => path))];
  const lines = files.flatMap((file) => {
    const here = survivors.filter(({ path }) => path === file);
    const names = [...new Set(here.map(({ name }) => name))];
    return [
      pc.bold(file),
      ...names.flatMap((alert) => [`  ${alert}`, ...here.filter(({ name }) => name === alert).map(({ mutation }) => `    ${mutation}`)]),
    ];
  });
  const { killed, total, percent } = scoreOf(verdicts);
  return [...lines, `${killed} of ${total} mutants died (${percent} %), ${total - killed} survived.`].join('\n');
}
