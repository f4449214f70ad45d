import { eventually } from '../../support/e2e-stack.ts';
import type { DrillContext } from './drill.ts';

/** Runs SQL as the superuser of a target, in one session; each text is a transaction of its own. Throws with the server's message. */
export async function psql(
  { attempt }: DrillContext,
  name: string,
  sql: string | readonly string[],
  database = 'postgres',
): Promise<string> {
  const commands = [sql].flat().map((text) => `-c "${text}"`);
  const { code, stdout, stderr } = await attempt(
    name,
    'su',
    'postgres',
    '-c',
    `psql -Atq -v ON_ERROR_STOP=1 ${commands.join(' ')} ${database}`,
  );
  if (code !== 0) throw new Error(`${name}: ${stderr.trim()}`);
  return stdout.trim();
}

/** Runs SQL in the background, as a client that stays connected. */
export const session = async ({ spawn }: DrillContext, name: string, text: string) =>
  spawn(name, 'su', 'postgres', '-c', `psql -c "${text}"`);

/** Waits until a target takes SQL. */
export const answers = async (context: DrillContext, name: string) =>
  eventually(`${name} answers`, 90, async () => (await psql(context, name, 'SELECT 1')) === '1');
