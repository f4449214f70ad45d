import type { ContainerFacts } from '../../../scripts/modules/facts.ts';

/** A container `db` on a network of its own, as `detect` sees it. */
export function containerFacts(more: Partial<ContainerFacts>): ContainerFacts {
  return {
    name: 'db',
    image: 'my/image',
    composeProject: undefined,
    composeService: undefined,
    networkMode: 'named',
    networks: [{ name: 'shop', aliases: ['db'] }],
    ports: [],
    commandPort: undefined,
    labels: {},
    env: {},
    passwords: new Set(),
    answers: [],
    refused: [],
    network: 'shop',
    address: 'db',
    title: 'db',
    ...more,
  };
}
