import type { Registry } from 'prom-client';

/** Makes metrics once for each registry: none takes two metrics of one name. */
export function oncePerRegistry<T>(create: (registry: Registry) => T): (registry: Registry) => T {
  const known = new WeakMap<Registry, T>();
  return (registry) => {
    const metrics = known.get(registry) ?? create(registry);
    known.set(registry, metrics);
    return metrics;
  };
}
