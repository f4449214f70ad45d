import { interruption } from './command.ts';
import type { Exec } from './exec.ts';

/** Programs that change this host, by their first words. Everything else only looks. */
const CHANGES = /^(apt-get|systemctl|mount|install)\b/;
/** Those that only add to the engine's images. */
const ADDS_IMAGES = /^(bash -c set|docker (pull|create|commit))\b/;
/** What is left to end by itself: a package that is half installed, or a container of an image under way, would have to be cleared away by hand. */
const UNBROKEN = /^(apt-get .*\binstall\b|docker (commit|rm|rmi)\b)/;

/**
 * An `Exec` for the time before the stack is touched: an interrupt ends the program that runs and starts no other one, and from the first program
 * that changes the host on, the message of an interrupt says so.
 */
export function interruptible(exec: Exec, signal: AbortSignal): Exec {
  return async (command, options = {}) => {
    const line = command.join(' ');
    if (/^docker (commit|rm|rmi)\b/.test(line)) return exec(command, options);
    signal.throwIfAborted();
    if (CHANGES.test(line))
      interruption.state = 'Nothing of the stack has been changed; packages may have been installed on this host by now.';
    else if (ADDS_IMAGES.test(line) && !interruption.state.includes('packages'))
      interruption.state = 'Nothing has been changed, but images may have been fetched or built by now.';
    return exec(command, UNBROKEN.test(line) ? options : { signal, ...options });
  };
}
