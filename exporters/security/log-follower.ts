import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open as openFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { HEAD_BYTES, planReading, type LogFile, type LogPosition, type Stretch } from './log-position.ts';

/** What one pass over a log gave. */
interface Pass {
  readonly position: LogPosition;
  /** True where lines were rotated away before they could be read. */
  readonly lost: boolean;
  /** When the log was written last, milliseconds since 1970. */
  readonly changed: number;
}

/** A line longer than this is no log line; it is passed over, so that it cannot fill the memory. */
const MAX_LINE_BYTES = 64 * 1024;

/**
 * Reads the lines that were added to a log since a position. Without a position nothing is read: earlier events are not reported.
 * Throws what the file system throws where the log is missing or unreadable.
 */
export async function followLog(path: string, before: LogPosition | undefined, onLine: (line: string) => void): Promise<Pass> {
  const handle = await openFile(path);
  try {
    // Through the open file: a rotation in the middle of the pass must not put another file in its place.
    return await pass(path, await fileAt(`/proc/self/fd/${handle.fd}`), before, onLine);
  } finally {
    await handle.close();
  }
}

async function pass(path: string, current: LogFile, before: LogPosition | undefined, onLine: (line: string) => void): Promise<Pass> {
  if (before === undefined) {
    const end = await endOfLastLine(current);
    return { position: await positionAt(current, end), lost: false, changed: current.changed };
  }
  const { stretches, lost } = await planReading(before, current, await rotatedLogs(path, current), headOf);
  let end = 0;
  for (const stretch of stretches) end = await readStretch(stretch, onLine);
  return { position: await positionAt(current, end), lost, changed: current.changed };
}

async function fileAt(path: string): Promise<LogFile> {
  const { ino, size, mtimeMs } = await stat(path);
  return { path, inode: ino, size: path.endsWith('.gz') ? undefined : size, changed: mtimeMs };
}

/** `auth.log.1`, `auth.log.2.gz`, `auth.log-20251121`, …: the youngest first. Other compressions than gzip (logrotate's own) are passed over. */
async function rotatedLogs(path: string, current: LogFile): Promise<readonly LogFile[]> {
  const name = basename(path);
  const names = (await readdir(dirname(path))).filter(
    (other) => other.startsWith(name) && /^(\.\d+|-\d{8}(-\d+)?)(\.gz)?$/.test(other.slice(name.length)),
  );
  const files = await Promise.all(names.map(async (other) => fileAt(join(dirname(path), other)).catch(() => undefined)));
  return files
    .flatMap((file) => (file === undefined || file.inode === current.inode ? [] : [file]))
    .sort((a, b) => b.changed - a.changed || a.path.localeCompare(b.path));
}

/** The bytes of a file from an offset on, up to the size that it had when it was looked at: what is written meanwhile is the next pass's. */
function open({ path, size }: LogFile, from: number, bytes = Infinity): Readable {
  if (size !== undefined) return createReadStream(path, { start: from, end: Math.min(size, from + bytes) - 1 });
  const source = createReadStream(path);
  const plain = createGunzip();
  source.on('error', (failure) => plain.destroy(failure));
  return source.pipe(plain);
}

async function headOf(file: LogFile, bytes: number): Promise<string | undefined> {
  if (file.size !== undefined && file.size < bytes) return undefined;
  if (bytes === 0) return digest(Buffer.alloc(0));
  let head = Buffer.alloc(0);
  try {
    for await (const chunk of open(file, 0, bytes)) {
      head = Buffer.concat([head, chunk as Buffer]);
      if (head.length >= bytes) break;
    }
  } catch {
    // Half compressed, or gone meanwhile: not the one that is looked for.
    return undefined;
  }
  return head.length < bytes ? undefined : digest(head.subarray(0, bytes));
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function positionAt(file: LogFile, offset: number): Promise<LogPosition> {
  const headBytes = Math.min(offset, HEAD_BYTES);
  return { inode: file.inode, offset, head: (await headOf(file, headBytes)) ?? '', headBytes };
}

async function endOfLastLine(file: LogFile): Promise<number> {
  const size = file.size ?? 0;
  const from = Math.max(0, size - MAX_LINE_BYTES);
  return readStretch({ file, from, whole: false }, () => undefined);
}

/** Hands out the whole lines of a stretch. Returns the offset behind the last of them. */
async function readStretch({ file, from, whole }: Stretch, onLine: (line: string) => void): Promise<number> {
  if (file.size !== undefined && file.size <= from) return from;
  // What comes decompressed begins at the file's beginning.
  let skip = file.size === undefined ? from : 0;
  let end = from;
  let rest = Buffer.alloc(0);
  let tooLong = false;
  for await (const chunk of open(file, from)) {
    let bytes = chunk as Buffer;
    if (skip > 0) {
      const skipped = Math.min(skip, bytes.length);
      skip -= skipped;
      bytes = bytes.subarray(skipped);
    }
    let begin = 0;
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, begin)) {
      const line = Buffer.concat([rest, bytes.subarray(begin, at)]);
      if (!tooLong) onLine(line.toString('utf8'));
      end += line.length + 1;
      rest = Buffer.alloc(0);
      tooLong = false;
      begin = at + 1;
    }
    rest = Buffer.concat([rest, bytes.subarray(begin)]);
    if (rest.length > MAX_LINE_BYTES) {
      end += rest.length;
      rest = Buffer.alloc(0);
      tooLong = true;
    }
  }
  if (whole && rest.length > 0 && !tooLong) onLine(rest.toString('utf8'));
  return end;
}
