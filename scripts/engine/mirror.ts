/** True where apt refuses a mirror because its release file is older than it allows, and for no other reason. */
export function isExpiredMirror(output: string): boolean {
  return /Release file for .* is expired|is expired \(invalid since/i.test(output);
}
