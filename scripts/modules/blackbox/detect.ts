import type { ContainerFacts, Proposal } from '../facts.ts';

/** A web server without metrics of its own: what answers HTTP can be watched as a client sees it. */
export function detectEndpoint(container: ContainerFacts): Proposal | undefined {
  const { labels, answers, address, title, composeService } = container;
  const http = answers.find(({ speaks }) => speaks === 'http');
  if (labels['prometheus.scrape'] !== undefined || http === undefined) return undefined;
  const { port, path = '/', status = 200 } = http;
  // What is not a 2xx now must not raise an alert the moment it is watched.
  const module = status >= 200 && status < 300 ? {} : { module: 'http_any' };
  return {
    module: 'blackbox',
    because: `a web server: port ${port} answers GET ${path} with ${status}`,
    target: { address: `http://${address}:${port}${path}`, labels: { service: composeService ?? title, ...module } },
  };
}
