import inquirer from 'inquirer';
import { EXIT, Failure } from './failure.ts';
import { error } from './problem.ts';

/** True if questions can be asked: input and output are a terminal. */
export function interactive(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY && process.env['CI'] === undefined;
}

/** True, or what is wrong with the answer. */
type Validate = (value: string) => true | string;

const questions = () => inquirer.createPromptModule({ output: process.stderr });

/** Asks a yes/no question; undefined without a terminal. */
export async function confirm(message: string, fallback = false): Promise<boolean | undefined> {
  if (!interactive()) return undefined;
  return orInterrupted(async () => {
    const { answer } = await questions()<{ answer: boolean }>([{ type: 'confirm', name: 'answer', message, default: fallback }]);
    return answer;
  });
}

/** Asks for any number of the choices. */
export async function choose<T>(message: string, choices: readonly { readonly name: string; readonly value: T }[]): Promise<readonly T[]> {
  return orInterrupted(async () => {
    const { answer } = await questions()<{ answer: T[] }>([
      { type: 'checkbox', name: 'answer', message, choices: [...choices], pageSize: choices.length, loop: false },
    ]);
    return answer;
  });
}

/** Asks for a text; Enter takes the proposed one. */
export async function askText(message: string, proposed: string, validate: Validate): Promise<string> {
  return orInterrupted(async () => {
    const { answer } = await questions()<{ answer: string }>([{ type: 'input', name: 'answer', message, default: proposed, validate }]);
    return answer;
  });
}

/** Asks for a secret, which is not shown while it is typed. */
export async function askSecret(message: string, validate: Validate): Promise<string> {
  return orInterrupted(async () => {
    const { answer } = await questions()<{ answer: string }>([{ type: 'password', name: 'answer', message, mask: '•', validate }]);
    return answer;
  });
}

/** Ctrl-C at a question is not a bug. */
async function orInterrupted<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (failure) {
    if (!(failure instanceof Error) || failure.name !== 'ExitPromptError') throw failure;
    throw new Failure(EXIT.interrupted, [error('question', 'was not answered', 'The command stopped there.')]);
  }
}
