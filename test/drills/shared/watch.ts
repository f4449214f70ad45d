import type { E2eStack } from '../../support/e2e-stack.ts';
import type { Target } from './targets.ts';

/** Writes the settings and files that make the stack watch the targets. */
export function watchTargets(stack: E2eStack, targets: readonly Target[]): void {
  const watched = targets.flatMap(({ watch }) => (watch === undefined ? [] : [watch]));
  const env = stack.read('.env');
  const items = watched.flatMap(({ settings = {} }) => Object.entries(settings));
  const present = (key: string): string => new RegExp(`^${key}='?([^'\\n]*)`, 'm').exec(env)?.[1] ?? '';
  const list = (key: string): string =>
    [present(key), ...items.flatMap(([name, item]) => (name === key ? [item] : []))].filter((item) => item !== '').join(',');
  stack.set(Object.fromEntries([...new Set(items.map(([key]) => key))].map((key) => [key, list(key)])));
  for (const [path, text] of watched.flatMap(({ files = {} }) => Object.entries(files)))
    stack.write(path, typeof text === 'string' ? text : text(stack.read(path)));
}

/** The same for targets that were started when the stack was up. Prometheus sees new target files by itself, and is reloaded for new jobs. */
export async function watchLateTargets(stack: E2eStack, targets: readonly Target[]): Promise<void> {
  watchTargets(stack, targets);
  const response = await fetch(stack.url('PROMETHEUS_PORT', '/-/reload'), { method: 'POST' });
  if (!response.ok) throw new Error(`Prometheus refuses the scrape jobs of the drills: ${await response.text()}`);
}
