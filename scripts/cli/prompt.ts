import inquirer from 'inquirer';

/** True where questions can be asked: a person sits at both ends. */
export function interactive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true && process.env['CI'] === undefined;
}

/** Asks a yes/no question; undefined where there is nobody to ask. */
export async function confirm(message: string, fallback = false): Promise<boolean | undefined> {
  if (!interactive()) return undefined;
  const prompt = inquirer.createPromptModule({ output: process.stderr });
  const { answer } = await prompt<{ answer: boolean }>([{ type: 'confirm', name: 'answer', message, default: fallback }]);
  return answer;
}
