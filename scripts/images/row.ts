/** One image of the stack. */
export interface ImageRow {
  readonly service: string;
  readonly pinned: string;
  /** `pinned`: here under its pinned name; `debian`: built here from a Debian package; `missing`. */
  readonly from: 'pinned' | 'debian' | 'missing';
  /** The name that the engine holds; empty where it is missing. */
  readonly present: string;
  readonly bytes: number;
  /** The Debian package it can be built from; empty where Debian has none. */
  readonly debianPackage: string;
}
