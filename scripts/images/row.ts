/** One image of the stack. */
export interface ImageRow {
  readonly service: string;
  readonly pinned: string;
  /** `pinned`: present under its pinned name; `debian`: built here from a Debian package; `missing`. */
  readonly from: 'pinned' | 'debian' | 'missing';
  /** Its name in the engine; empty if it is missing. */
  readonly present: string;
  readonly bytes: number;
  /** The Debian package it can be built from; empty if Debian has none. */
  readonly debianPackage: string;
}
