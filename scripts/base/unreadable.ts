import { error, type Problem } from './problem.ts';

/** Why a file or folder cannot be read, as the system reports it. */
export interface Unreadable {
  /** The path as users know it. */
  readonly place: string;
  readonly code: 'EACCES' | 'EPERM' | 'EISDIR';
  /** Name or number of its owner; undefined if unknown. */
  readonly owner: string | undefined;
  /** It belongs to this user, so only its mode is wrong. */
  readonly isOwn: boolean;
}

/** The problem: why it cannot be read, who owns it and what to do. */
export function unreadable({ place, code, owner, isOwn }: Unreadable): Problem {
  if (code === 'EISDIR')
    return error(
      place,
      'is a folder, but must be a file',
      `Docker creates a folder when a container mounts a missing file. Remove it: rmdir ${place}`,
    );
  if (isOwn) return error(place, 'is not readable by its owner', `chmod -R u+rX ${place}`);
  return error(
    place,
    `is not readable by you${owner === undefined ? '' : `: it belongs to ${owner}`}`,
    `Run the command with sudo, as ${owner ?? 'its owner'} did, or make it yours: sudo chown -R "$(id -un)" ${place}`,
  );
}

/** The user's name in the text of `/etc/passwd`, or the number. */
export function userName(passwd: string, uid: number): string {
  const line = passwd.split('\n').find((text) => text.split(':')[2] === String(uid));
  return line?.split(':')[0] ?? `uid ${uid}`;
}
