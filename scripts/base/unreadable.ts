import { error, type Problem } from './problem.ts';

/** What keeps a file or folder from being read, as the system tells it. */
export interface Unreadable {
  /** As a user would look for it. */
  readonly place: string;
  readonly code: 'EACCES' | 'EPERM' | 'EISDIR';
  /** Name or number of its owner; undefined where that cannot be told. */
  readonly owner: string | undefined;
  /** It belongs to who asks, so that its mode alone is in the way. */
  readonly isOwn: boolean;
}

/** Says why something cannot be read, whose it is and what to do. */
export function unreadable({ place, code, owner, isOwn }: Unreadable): Problem {
  if (code === 'EISDIR')
    return error(
      place,
      'is a folder, where a file belongs',
      `Docker makes such a folder where a container was to mount a file that was not there. Remove it: rmdir ${place}`,
    );
  if (isOwn) return error(place, 'may not be read by its own owner', `chmod -R u+rX ${place}`);
  return error(
    place,
    `may not be read by you${owner === undefined ? '' : `: it belongs to ${owner}`}`,
    `Run the command with sudo, as ${owner ?? 'its owner'} did, or make it yours: sudo chown -R "$(id -un)" ${place}`,
  );
}

/** The name of a user in the text of `/etc/passwd`, else the number. */
export function userName(passwd: string, uid: number): string {
  const line = passwd.split('\n').find((text) => text.split(':')[2] === String(uid));
  return line?.split(':')[0] ?? `uid ${uid}`;
}
