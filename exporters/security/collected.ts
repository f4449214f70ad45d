import type { Family } from '../common/text.ts';

/** Whether something on the host could be read: a missing source is a result, not a failure. */
export type SourceState = 'ok' | 'absent' | 'unreadable' | 'silent';

export interface Source {
  /** Path on the host. */
  readonly path: string;
  readonly state: SourceState;
}

/** What one collector found. */
export interface Collected {
  readonly families: readonly Family[];
  readonly sources: readonly Source[];
}

/** A part of the host that is looked at. */
export interface Collector {
  readonly name: string;
  /** Looks once; `now` is seconds since 1970. Throws where it could not: what was found before stands until it can. */
  readonly collect: (now: number) => Promise<Collected>;
}

/** Runs a reading; a state instead of its result where the file system says no. Other failures are thrown on. */
export async function orState<T>(read: () => Promise<T>): Promise<{ readonly value: T } | { readonly state: SourceState }> {
  try {
    return { value: await read() };
  } catch (failure) {
    const code = failure instanceof Error && 'code' in failure ? failure.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { state: 'absent' };
    if (code === 'EACCES' || code === 'EPERM') return { state: 'unreadable' };
    throw failure;
  }
}
