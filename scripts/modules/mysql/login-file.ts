import type { Instance } from '../../base/instances.ts';
import { error, type Problem } from '../../base/problem.ts';

/** For the exporter's own page, which has no server; without it each look at that page is an error more in the log. */
const OWN_PAGE = '[client]\nuser = none\n';

/** The exporter's `--config.my-cnf`: a section per instance with its user and password. */
export function loginFile(instances: readonly Instance[], passwords: ReadonlyMap<string, string>): string {
  const sections = instances.map(
    ({ name, user }) => `[client.${name}]\nuser = ${quoted(user)}\npassword = ${quoted(passwords.get(name) ?? '')}\n`,
  );
  return [OWN_PAGE, ...sections].join('\n');
}

/**
 * Text as the exporter's parser reads it unchanged: up to the last backquote of the line, whatever is between. Then the exporter expands
 * variables, so a dollar sign has to be one (exporters/mysql/compose.yml sets `DOLLAR`).
 */
function quoted(text: string): string {
  return `\`${text.replaceAll('$', '${DOLLAR}')}\``;
}

/** Passwords that cannot stand in that file: the exporter refuses an empty one, and a line break would begin another setting. */
export function passwordProblems(passwords: ReadonlyMap<string, string>): readonly Problem[] {
  return [...passwords].flatMap(([name, password]) => {
    const place = `secrets/mysql_${name}_password`;
    if (password === '') return [error(place, 'is empty, and the exporter logs in with a password only', 'Write the password into it.')];
    if (/[\r\n]/.test(password)) return [error(place, 'has more than one line', 'Keep the line with the password only.')];
    // The parser replaces this by the value of that key.
    if (/%\(\w+\)s/.test(password)) return [error(place, 'holds %(…)s, which the exporter would replace', 'Set a password without it.')];
    return [];
  });
}
