import type { ContractSource } from '../../../scripts/modules/parts.ts';
import { modules } from '../../../scripts/modules/index.ts';
import { error, type Problem } from '../../../scripts/base/problem.ts';
import { closest } from 'fastest-levenshtein';

/** Every exporter that has a contract. A source whose service does not run is left as it was captured before. */
export const CONTRACT_SOURCES: readonly ContractSource[] = modules.flatMap(({ contracts = [] }) => contracts);

/** What is wrong with `service=image` arguments: the service must be one that is captured. */
export function wrongImages(images: readonly string[]): readonly Problem[] {
  const services = [...new Set(CONTRACT_SOURCES.map(({ service }) => service))];
  return images.flatMap((given) => {
    const [, service = '', image = ''] = /^([^=]*)=(\S+)$/.exec(given) ?? [];
    if (image === '')
      return [error('arguments', `"${given}" is not service=image`, '--image postgres-exporter=registry/postgres-exporter:v0.20.1')];
    if (services.includes(service)) return [];
    return [error('arguments', `there is no exporter "${service}"`, `Did you mean ${closest(service, services)}?`)];
  });
}
