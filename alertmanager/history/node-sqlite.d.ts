// The part of Node 24's SQLite that the store uses; the scripts' own types are those of Node 20, which has none.
declare module 'node:sqlite' {
  export type SqlValue = string | number | bigint | null | Uint8Array;
  export interface StatementSync {
    run(...values: SqlValue[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
    get(...values: SqlValue[]): Record<string, SqlValue> | undefined;
    all(...values: SqlValue[]): Record<string, SqlValue>[];
  }
  export class DatabaseSync {
    constructor(path: string);
    exec(sql: string): void;
    prepare(sql: string): StatementSync;
    close(): void;
  }
}
