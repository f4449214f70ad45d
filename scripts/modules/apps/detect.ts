import { metricsPath, portOf, type ContainerFacts, type Detection, type Proposal } from '../facts.ts';

/** How an application with metrics is recognised: by the label `prometheus.scrape=true`, else because it answers GET /metrics. */
export const detection: Detection = {
  propose,
  ignored: ({ labels }) => {
    const path = labels['prometheus.path'];
    return path === undefined || metricsPath(labels) !== undefined
      ? []
      : [{ what: 'the label prometheus.path', text: path, instead: 'Use a path such as /metrics, on one line and without blanks.' }];
  },
};

function propose(container: ContainerFacts): Proposal | undefined {
  const { labels, answers, ports, address, title, composeService } = container;
  const scrape = labels['prometheus.scrape'];
  const metrics = answers.find(({ speaks }) => speaks === 'metrics');
  if (scrape === 'false' || (scrape !== 'true' && metrics === undefined)) return undefined;
  // Without a port label, or with an invalid one: the port that answers, else the only one.
  const port = portOf(labels['prometheus.port']) ?? metrics?.port ?? (ports.length === 1 ? ports[0] : undefined);
  const path = metricsPath(labels) ?? metrics?.path ?? '/metrics';
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
