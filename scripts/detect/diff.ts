/** One file before and after. */
export interface FileChange {
  readonly path: string;
  /** Undefined if the file does not exist yet. */
  readonly before: string | undefined;
  readonly after: string;
}

/**
 * A unified diff without context lines: in `.env`, the lines around a change may hold secrets.
 * Supports changed lines and lines added at the end: all that `editEnvText` and new files need.
 */
export function renderDiff({ path, before, after }: FileChange): string {
  const old = before === undefined ? [] : linesOf(before);
  const lines = linesOf(after);
  const hunks: string[] = [];
  for (let at = 0; at < Math.min(old.length, lines.length); at += 1) {
    if (old[at] !== lines[at]) hunks.push(`@@ -${at + 1} +${at + 1} @@`, `-${old[at] ?? ''}`, `+${lines[at] ?? ''}`);
  }
  const added = lines.slice(old.length);
  if (added.length > 0) hunks.push(`@@ -${old.length},0 +${old.length + 1},${added.length} @@`, ...added.map((line) => `+${line}`));
  return [`--- ${before === undefined ? '/dev/null' : path}`, `+++ ${path}`, ...hunks].join('\n');
}

/** The lines of a text, without trailing blank lines. */
function linesOf(text: string): readonly string[] {
  return text.replace(/\n+$/, '').split('\n');
}
