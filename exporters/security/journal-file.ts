import type { FileHandle } from 'node:fs/promises';
import * as zlib from 'node:zlib';

/** The head of a file of systemd's journal (systemd's docs/JOURNAL_FILE_FORMAT.md). */
export interface JournalHead {
  /** Stays with the file when it is renamed. */
  readonly id: string;
  /** Whether offsets in entries have 32 bits. */
  readonly compact: boolean;
  /** Where the first object is, and the last one. */
  readonly first: number;
  readonly last: number;
  /** When its first entry was written, microseconds since 1970. */
  readonly began: bigint;
}

/** The fields that are read of an entry. */
export type JournalEntry = Readonly<Partial<Record<(typeof FIELDS)[number], string>>>;

const FIELDS = ['MESSAGE', 'SYSLOG_IDENTIFIER', 'SYSLOG_PID', '_PID'] as const;

const SIGNATURE = 'LPKSHHRH';
const HEAD_BYTES = 192;
const COMPACT = 16;
const OBJECT_BYTES = 16;
const TYPE = { data: 1, entry: 3, last: 7 } as const;
/** How a field is compressed, in the flags of its object: XZ (1) and LZ4 (2) are those of old systems, which have log files as well. */
const COMPRESSED = 7;
const ZSTD = 4;
const ENTRY_ITEMS_AT = 64;
/** A field longer than this is no line about a login; a long one must not fill the memory. */
const MAX_FIELD_BYTES = 64 * 1024;
/** An entry has some dozens of fields. */
const MAX_ENTRY_BYTES = 64 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** Most entries share fields with earlier ones, such as the host's name; what is remembered of them. */
const MAX_KNOWN = 20_000;

/** Reads the head. Throws where it is no journal. */
export async function readJournalHead(handle: FileHandle): Promise<JournalHead> {
  const head = await bytesAt(handle, 0, HEAD_BYTES);
  if (head.length < HEAD_BYTES || head.toString('latin1', 0, 8) !== SIGNATURE) throw new Error('is no file of the journal');
  return {
    id: head.toString('hex', 24, 40),
    compact: (head.readUInt32LE(12) & COMPACT) !== 0,
    first: number(head, 88),
    last: number(head, 136),
    began: head.readBigUInt64LE(184),
  };
}

/** Where what is written next will be. */
export async function endOfJournal(handle: FileHandle, { first, last }: JournalHead): Promise<number> {
  if (last === 0) return first;
  return next(last, number(await bytesAt(handle, last, OBJECT_BYTES), 8));
}

/** Reads the entries from an offset on, oldest first. Returns the offset from which to go on: an entry that is just being written comes next time. */
export async function readJournal(
  handle: FileHandle,
  { compact, last }: JournalHead,
  from: number,
  onEntry: (entry: JournalEntry) => void,
): Promise<number> {
  const chunk = { at: 0, bytes: Buffer.alloc(0) };
  const ahead = async (at: number, length: number): Promise<Buffer> => {
    if (at < chunk.at || at + length > chunk.at + chunk.bytes.length)
      Object.assign(chunk, { at, bytes: await bytesAt(handle, at, Math.max(length, CHUNK_BYTES)) });
    return chunk.bytes.subarray(at - chunk.at, at - chunk.at + length);
  };
  const known = new Map<number, Field | undefined>();
  const remember = (at: number, field: Field | undefined): Field | undefined => {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(at, field);
    return field;
  };
  const fieldAt = async (at: number): Promise<Field | undefined> => {
    if (known.has(at)) return known.get(at);
    const size = number(await bytesAt(handle, at, OBJECT_BYTES), 8);
    return remember(at, size > MAX_FIELD_BYTES ? undefined : fieldOf(await bytesAt(handle, at, size), compact));
  };

  let at = from;
  while (at <= last) {
    const object = await ahead(at, OBJECT_BYTES);
    const [type, size] = object.length < OBJECT_BYTES ? [0, 0] : [object[0] ?? 0, number(object, 8)];
    if (type === 0 || type > TYPE.last || size < OBJECT_BYTES) return at;
    if (type === TYPE.data) remember(at, size > MAX_FIELD_BYTES ? undefined : fieldOf(await ahead(at, size), compact));
    if (type === TYPE.entry && size <= MAX_ENTRY_BYTES) {
      const offsets = offsetsOf(await ahead(at, size), compact);
      if (offsets.length === 0 || offsets.includes(0)) return at;
      const fields: Field[] = [];
      for (const offset of offsets) {
        const field = await fieldAt(offset);
        if (field !== undefined) fields.push(field);
      }
      onEntry(Object.fromEntries(fields));
    }
    at = next(at, size);
  }
  return at;
}

type Field = readonly [name: (typeof FIELDS)[number], value: string];

/** The field that a data object holds; undefined where it is none of those that are read. */
function fieldOf(object: Buffer, compact: boolean): Field | undefined {
  const text = payloadOf(object.subarray(compact ? 72 : 64), object[1] ?? 0)?.toString('utf8') ?? '';
  const name = FIELDS.find((field) => text.startsWith(`${field}=`));
  return name === undefined ? undefined : [name, text.slice(name.length + 1)];
}

/** systemd compresses fields from 512 bytes on, which lines about logins hardly have; undefined where they cannot be read. */
function payloadOf(payload: Buffer, flags: number): Buffer | undefined {
  if ((flags & COMPRESSED) === 0) return payload;
  if ((flags & COMPRESSED) !== ZSTD) return undefined;
  try {
    return zstd?.(payload, { maxOutputLength: MAX_FIELD_BYTES });
  } catch {
    return undefined;
  }
}

type Unpack = (bytes: Buffer, limits: { readonly maxOutputLength: number }) => Buffer;
/** Since Node.js 22.15; the service runs on 24. */
const zstd = (zlib as { readonly zstdDecompressSync?: Unpack }).zstdDecompressSync;

function offsetsOf(entry: Buffer, compact: boolean): readonly number[] {
  const width = compact ? 4 : 16;
  return Array.from({ length: Math.floor((entry.length - ENTRY_ITEMS_AT) / width) }, (_, index) =>
    compact ? entry.readUInt32LE(ENTRY_ITEMS_AT + index * width) : number(entry, ENTRY_ITEMS_AT + index * width),
  );
}

/** Objects begin at multiples of eight. */
const next = (at: number, size: number): number => at + Math.ceil(size / 8) * 8;

const number = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at));

async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
