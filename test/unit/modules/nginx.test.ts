import { describe, expect, it } from 'vitest';
import { exporterArguments } from '../../../scripts/modules/nginx/index.ts';
import { detection, readPage } from '../../../scripts/modules/nginx/detect.ts';
import { REFUSED, refusal } from '../../../scripts/modules/nginx/refusal.ts';
import { nginxSettings } from '../../../scripts/modules/nginx/index.ts';
import { containerFacts } from './container-facts.ts';

const PAGE = 'Active connections: 1 \nserver accepts handled requests\n 3 3 3 \nReading: 0 Writing: 1 Waiting: 0 \n';
const instancesOf = (text: string) => {
  const parsed = nginxSettings.NGINX_INSTANCES.kind(text);
  return 'value' in parsed ? parsed.value : [];
};

describe('the arguments of the nginx exporter', () => {
  it('name each address with its instance', () => {
    expect(exporterArguments(instancesOf('web=http://shop-web/stub_status,api=https://api:8443/status#x'))).toBe(
      '--nginx.scrape-uri=http://shop-web/stub_status#web\n--nginx.scrape-uri=https://api:8443/status#api\n',
    );
  });

  it('label the series of a single server as those of several', () => {
    expect(exporterArguments(instancesOf('web=http://shop-web/stub_status'))).toBe(
      '--nginx.scrape-uri=http://shop-web/stub_status#web\n--prometheus.const-label=addr=http://shop-web/stub_status#web\n',
    );
  });
});

describe('an nginx whose page cannot be read', () => {
  // Lines of nginx-prometheus-exporter 1.5.1.
  it.each([
    ['error="expected 200 response, got 403"', true, 'refuses its page /stub_status', 'allow 172.16.0.0/12'],
    ['error="expected 200 response, got 404"', true, 'has no stub_status page at /stub_status', 'location = /stub_status'],
    ['error="failed to parse response body \\"ok\\": failed to scan template metrics"', true, 'has no stub_status page', 'NGINX_INSTANCES'],
    ['error="failed to get http://web/: dial tcp: lookup web: no such host"', false, 'does not answer', 'APP_NETWORKS'],
    ['', false, 'does not answer the exporter', 'NGINX_INSTANCES'],
  ])('%s', (log, final, message, fix) => {
    expect(REFUSED.test(log)).toBe(final);
    const problem = refusal({ name: 'web', url: 'http://web/stub_status' }, log);
    expect(problem).toMatchObject({ place: 'nginx web', message: expect.stringContaining(message) });
    expect(problem.fix).toContain(fix);
  });
});

describe('an nginx among the containers', () => {
  it('is known by its status page only', () => {
    expect(readPage(PAGE)).toBe('stub_status');
    expect(readPage('<html>Active connections: 1</html>')).toBeUndefined();
    const answers = [{ port: 8080, speaks: 'stub_status', path: '/nginx_status', status: 200 }];
    expect(detection.propose(containerFacts({ image: 'nginx', answers }))?.instance?.url).toBe('http://db:8080/nginx_status');
    expect(detection.propose(containerFacts({ image: 'nginx', ports: [80] }))).toBeUndefined();
  });

  it.each([
    ['nginx:1.29', true],
    ['nginxinc/nginx-unprivileged:stable', true],
    ['openresty/openresty:alpine', true],
    ['my/web', false],
  ])('asks %s for that page: %s', (image, asked) => {
    expect(detection.pages?.every(({ applies }) => applies(image) === asked)).toBe(true);
  });
});
