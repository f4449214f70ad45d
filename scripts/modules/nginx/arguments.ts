import type { Instance } from '../../base/instances.ts';

/**
 * The exporter's arguments, one a line. Each address carries the instance's name behind its #, where nginx does not see it and
 * prometheus/scrape/nginx.yml takes it from. The exporter labels its series with the address only where it has several.
 */
export function exporterArguments(instances: readonly Instance[]): string {
  const addresses = instances.map(({ name, url }) => `${url.replace(/#.*$/, '')}#${name}`);
  const lines = addresses.map((address) => `--nginx.scrape-uri=${address}`);
  if (addresses.length === 1) lines.push(`--prometheus.const-label=addr=${addresses[0]}`);
  return lines.map((line) => `${line}\n`).join('');
}
