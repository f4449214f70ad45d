import { interruption } from './command.ts';
import type { Exec } from './exec.ts';

/** Programs that change this host, by their first words. All others only read. */
const CHANGES = /^(apt-get|systemctl|mount|install)\b/;
/** Programs that only add images to the engine. */
const ADDS_IMAGES = /^(bash -c set|docker (pull|create|commit))\b/;
/** Never interrupted: a half-installed package, or a leftover container of an image build, would need cleaning up by hand. */
const UNBROKEN = /^(apt-get .*\binstall\b|docker (commit|rm|rmi)\b)/;

/**
 * An `Exec` for the steps before the stack is touched: an interrupt ends the running program and starts no other. After the first program that
 * changes the host, the interrupt message says so.
 */
export function interruptible(exec: Exec, signal: AbortSignal): Exec {
  return async (command, options = {}) => {
    const line = command.join(' ');
    if (/^docker (commit|rm|rmi)\b/.test(line)) return exec(command, options);
    signal.throwIfAborted();
    if (CHANGES.test(line)) interruption.state = 'The stack has not been changed; packages may have been installed on this host.';
    else if (ADDS_IMAGES.test(line) && !interruption.state.includes('packages'))
      interruption.state = 'Nothing has been changed, but images may have been pulled or built.';
    return exec(command, UNBROKEN.test(line) ? options : { signal, ...options });
  };
}
