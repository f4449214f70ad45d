import type { ContainerFacts, Detection, Proposal } from '../facts.ts';

/** How an endpoint is recognised: a web server without metrics of its own, watched from a client's view. */
export const detection: Detection = {
  propose,
  watched: (settings) => settings['BLACKBOX_TARGETS'] as readonly string[],
};

function propose(container: ContainerFacts): Proposal | undefined {
  const { labels, answers, address, title, composeService } = container;
  const http = answers.find(({ speaks }) => speaks === 'http');
  if (labels['prometheus.scrape'] !== undefined || http === undefined) return undefined;
  const { port, path = '/', status = 200 } = http;
  // An endpoint without a 2xx now must not raise an alert at once.
  const module = status >= 200 && status < 300 ? {} : { module: 'http_any' };
  return {
    module: 'blackbox',
    because: `a web server: port ${port} answers GET ${path} with ${status}`,
    target: { address: `http://${address}:${port}${path}`, labels: { service: composeService ?? title, ...module } },
  };
}
