import { repositoryName, type ContainerFacts, type Detection, type PageProbe, type Proposal } from '../facts.ts';

/** nginx as it is packed, and servers that are built on it. */
const IMAGES = /^(nginx|nginx-.*|openresty|angie|tengine|freenginx)$/;

/** Where images and guides put the page. */
const PATHS = ['/stub_status', '/nginx_status', '/basic_status', '/status'];

/** Whether a page is that of the module stub_status. */
export function readPage(body: string): 'stub_status' | undefined {
  return /^Active connections: \d+\s+server accepts handled requests\s/.test(body) ? 'stub_status' : undefined;
}

const pages = PATHS.map((path): PageProbe => ({ path, applies: (image) => IMAGES.test(repositoryName(image)), read: readPage }));

/** How an nginx is recognised: by its status page, which only images of nginx are asked for. Without one there is nothing to read. */
export const detection: Detection = { pages, propose };

function propose({ answers, address, title }: ContainerFacts): Proposal | undefined {
  const page = answers.find(({ speaks }) => speaks === 'stub_status');
  if (page === undefined) return undefined;
  const { port, path = '/' } = page;
  return {
    module: 'nginx',
    because: `nginx, by its page ${path} on port ${port}`,
    instance: { name: title, url: `http://${address}:${port}${path}` },
  };
}
