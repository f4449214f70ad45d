import type { ContainerFacts, Proposal } from '../core/detect.ts';

/** An application with metrics: by the label `prometheus.scrape=true`, else because it answers GET /metrics. */
export function detectApp(container: ContainerFacts): Proposal | undefined {
  const { labels, answers, ports, address, title, composeService } = container;
  const scrape = labels['prometheus.scrape'];
  const metrics = answers.find(({ speaks }) => speaks === 'metrics');
  if (scrape === 'false' || (scrape !== 'true' && metrics === undefined)) return undefined;
  // Without a port label, or with one that names none: the port that answers, else the only one there is.
  const port = portOf(labels['prometheus.port']) ?? metrics?.port ?? (ports.length === 1 ? ports[0] : undefined);
  const path = labels['prometheus.path'] ?? metrics?.path ?? '/metrics';
  if (port === undefined) {
    const what = `say which port of ${container.name} answers GET ${path}, as a label in its Compose file; then detect again`;
    return {
      module: 'apps',
      because: 'an application, by its label prometheus.scrape',
      manual: { what, command: 'prometheus.port: 3000' },
    };
  }
  return {
    module: 'apps',
    because: scrape === 'true' ? 'an application, by its label prometheus.scrape' : `an application: port ${port} answers GET ${path}`,
    target: {
      address: `${address}:${port}`,
      labels: { instance: title, service: composeService ?? title, ...(path === '/metrics' ? {} : { __metrics_path__: path }) },
    },
  };
}

/** The port that a label names. What it says is written by others and ends up in a file: nothing but a number is taken. */
function portOf(label = ''): number | undefined {
  return /^[1-9]\d{0,4}$/.test(label) && Number(label) < 65_536 ? Number(label) : undefined;
}
