/** Where reading a log file stands. */
export interface LogPosition {
  readonly inode: number;
  /** Bytes read. */
  readonly offset: number;
  /** Digest of the first bytes, by which the file is known again after it was renamed, copied or compressed. */
  readonly head: string;
  /** How many bytes the digest covers: as many as had been read, up to `HEAD_BYTES`. */
  readonly headBytes: number;
}

/** Enough to distinguish two logs: the first line carries a time and a process number. */
export const HEAD_BYTES = 1024;

/** What is there: the log itself or an earlier one that was set aside. */
export interface LogFile {
  readonly path: string;
  readonly inode: number;
  /** Bytes; of a compressed file after decompression not known, hence undefined. */
  readonly size: number | undefined;
  /** When it was written last, milliseconds since 1970. */
  readonly changed: number;
}

/** A stretch to read: a file from a byte on to its end. `whole`: also what follows the last line end, because the file is no longer written. */
export interface Stretch {
  readonly file: LogFile;
  readonly from: number;
  readonly whole: boolean;
}

/** What to read now, in this order; `lost` where lines between the last reading and these can no longer be found. */
interface ReadPlan {
  readonly stretches: readonly Stretch[];
  readonly lost: boolean;
}

/**
 * Decides what to read next, given what is there. Covers a log that grew, was renamed (also several times), was compressed, was copied and
 * truncated, or was truncated only.
 *
 * @param rotated earlier logs, the youngest first
 * @param headOf the digest of a file's first bytes; undefined where it has fewer
 */
export async function planReading(
  position: LogPosition,
  current: LogFile,
  rotated: readonly LogFile[],
  headOf: (file: LogFile, bytes: number) => Promise<string | undefined>,
): Promise<ReadPlan> {
  const isSame = async (file: LogFile): Promise<boolean> =>
    (file.size === undefined || file.size >= position.offset) &&
    // Nothing was read of it, so there is nothing to know it by but its inode.
    (position.headBytes === 0 ? file.inode === position.inode : (await headOf(file, position.headBytes)) === position.head);
  const fresh = (file: LogFile, whole: boolean): Stretch => ({ file, from: 0, whole });

  if (await isSame(current)) return { stretches: [{ file: current, from: position.offset, whole: false }], lost: false };
  for (const [age, file] of rotated.entries()) {
    if (!(await isSame(file))) continue;
    const between = rotated.slice(0, age).reverse();
    const rest: Stretch = { file, from: position.offset, whole: true };
    return { stretches: [rest, ...between.map((each) => fresh(each, true)), fresh(current, false)], lost: false };
  }
  // Nothing had been read, so nothing is lost.
  return { stretches: [fresh(current, false)], lost: position.offset > 0 };
}
