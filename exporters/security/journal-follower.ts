import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { endOfJournal, readJournal, readJournalHead, type JournalEntry, type JournalHead } from './journal-file.ts';

/** Where reading a journal stands. */
interface JournalPosition {
  readonly file: string;
  readonly offset: number;
}

/** Where reading each journal of a folder stands, by its name: `system`, and `user-1000` for those of people who are logged in. */
export type JournalPositions = Readonly<Record<string, JournalPosition>>;

interface Pass {
  readonly positions: JournalPositions;
  /** True where entries were removed before they could be read. */
  readonly lost: boolean;
  /** When the system's journal was written last, milliseconds since 1970. */
  readonly changed: number;
}

const SYSTEM = 'system';
const CURRENT = /^(system|user-\d+)\.journal$/;

/** The folder of the host's journal below `/var/log/journal`: of several (of another installation, of containers) the one in use. Throws where there is none. */
export async function journalFolder(root: string): Promise<string> {
  const found: { readonly folder: string; readonly changed: number }[] = [];
  for (const name of await readdir(root)) {
    const changed = await stat(join(root, name, `${SYSTEM}.journal`)).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (changed !== undefined) found.push({ folder: join(root, name), changed });
  }
  const [newest] = found.sort((a, b) => b.changed - a.changed);
  if (newest === undefined) throw Object.assign(new Error(`no journal in ${root}`), { code: 'ENOENT' });
  return newest.folder;
}

/**
 * Reads the entries that were added to the journals of a folder since some positions. Without positions nothing is read: earlier events are not
 * reported. Throws what the file system throws where a journal is unreadable.
 */
export async function followJournals(
  folder: string,
  before: JournalPositions | undefined,
  onEntry: (entry: JournalEntry) => void,
): Promise<Pass> {
  const journals = (await readdir(folder)).flatMap((file) => CURRENT.exec(file)?.[1] ?? []);
  const positions: Record<string, JournalPosition> = {};
  let lost = false;
  for (const name of journals) {
    const pass = await opened(join(folder, `${name}.journal`), async (handle) => {
      const head = await readJournalHead(handle);
      const position = before?.[name];
      if (before === undefined) return { position: { file: head.id, offset: await endOfJournal(handle, head) }, lost: false };
      const isSame = position?.file === head.id;
      const earlier = isSame || position === undefined ? { lost: false } : await readRotated(folder, name, position, onEntry);
      const offset = await readJournal(handle, head, isSame ? position.offset : head.first, onEntry);
      return { position: { file: head.id, offset }, lost: earlier.lost };
    });
    positions[name] = pass.position;
    lost ||= pass.lost;
  }
  return { positions, lost, changed: (await stat(join(folder, `${SYSTEM}.journal`))).mtimeMs };
}

/** The rest of the journal that was set aside, and what was set aside after it. */
async function readRotated(
  folder: string,
  name: string,
  { file, offset }: JournalPosition,
  onEntry: (entry: JournalEntry) => void,
): Promise<{ readonly lost: boolean }> {
  const heads: { readonly path: string; readonly head: JournalHead }[] = [];
  // One that was not closed properly ends in `~`.
  for (const each of (await readdir(folder)).filter((one) => one.startsWith(`${name}@`) && /\.journal~?$/.test(one))) {
    const path = join(folder, each);
    heads.push({ path, head: await opened(path, readJournalHead) });
  }
  const last = heads.find(({ head }) => head.id === file);
  if (last === undefined) return { lost: true };
  const after = heads.filter(({ head }) => head.began > last.head.began).sort((a, b) => (a.head.began < b.head.began ? -1 : 1));
  for (const { path, head } of [last, ...after])
    await opened(path, async (handle) => readJournal(handle, head, head.id === file ? offset : head.first, onEntry));
  return { lost: false };
}

async function opened<T>(path: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}
