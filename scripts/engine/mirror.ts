/** True if apt rejects a mirror only because its release file has expired. */
export function isExpiredMirror(output: string): boolean {
  return /Release file for .* is expired|is expired \(invalid since/i.test(output);
}
