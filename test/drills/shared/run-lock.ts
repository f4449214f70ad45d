import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Keeps two runs of the drills apart, which would use the same names; or says why it cannot be taken. */
export type RunLock = { readonly release: () => void } | { readonly problem: string; readonly fix: string };

/** Takes a lock: a file with the id of the process. One whose process is gone is taken over. */
export function takeLock(file: string, pid = process.pid, lives: (pid: number) => boolean = isAlive): RunLock {
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      writeFileSync(file, `${pid}\n`, { flag: 'wx' });
      return { release: () => rmSync(file, { force: true }) };
    } catch (failure) {
      if ((failure as NodeJS.ErrnoException).code !== 'EEXIST') throw failure;
    }
    const holder = read(file);
    if (holder !== undefined && lives(holder))
      return {
        problem: `drills are already running (process ${holder}); two runs at once would break each other’s stack`,
        fix: `Wait until that run is over, or end it: kill -INT ${holder}. If the process is something else: rm ${file}`,
      };
    rmSync(file, { force: true });
  }
  return { problem: `the lock ${file} is taken again and again`, fix: 'See what else starts drills on this machine.' };
}

function read(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    // Gone in the meantime.
    return undefined;
  }
}

/** Whether a process runs, also one of another user. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'EPERM';
  }
}
