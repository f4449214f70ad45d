/**
 * Keeps things by name, each name for one thing: a second pool, client or queue under a name that is taken would silently replace the first,
 * whose metrics and checks would then be gone.
 *
 * @returns false where the same thing is watched already. Throws where the name belongs to another one.
 */
export function takeName<T>(taken: Map<string, T>, kind: string, name: string, thing: T): boolean {
  if (taken.get(name) === thing) return false;
  if (taken.has(name)) throw new Error(`there is a ${kind} named "${name}" already; give each a name of its own`);
  taken.set(name, thing);
  return true;
}
