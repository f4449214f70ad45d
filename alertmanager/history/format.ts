/** How long something lasted: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export function spell(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 60) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min`;
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How long something lasted or lasts. */
export function duration(fromIso: string, toMs: number): string {
  return spell(Math.max(0, Math.round((toMs - Date.parse(fromIso)) / 1000)));
}

/** `2026-01-31 12:00:05 UTC`. */
export function time(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
