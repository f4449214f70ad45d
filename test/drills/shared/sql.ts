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

/** Ends the sessions that sleep. */
export const SLEEPERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()";

/** Waits until a target takes SQL. */
export const answers = async (context: DrillContext, name: string) =>
  eventually(`${name} answers`, 90, async () => (await psql(context, name, 'SELECT 1')) === '1');
