import { describe, expect, it } from 'vitest';
import { repositoryName, shellWord } from '../../../scripts/modules/facts.ts';
import { detection as postgres } from '../../../scripts/modules/postgres/detect.ts';
import { detection as redis, setsPassword } from '../../../scripts/modules/redis/detect.ts';
import { bestPage, commandPort, httpPorts, isMetricsText } from '../../../scripts/detect/answers.ts';

const PROBES = { postgres: postgres.ports?.[0], redis: redis.ports?.[0] };

describe('the answer of a database', () => {
  it.each([
    ['postgres', 'N', 'postgres'],
    ['postgres', 'S', 'postgres'],
    ['postgres', 'HTTP/1.1 400 Bad Request\r\n', undefined],
    ['redis', '+PONG\r\n', 'redis'],
    ['redis', '-NOAUTH Authentication required.\r\n', 'redis-locked'],
    ['redis', '-DENIED Redis is running in protected mode\r\n', 'redis'],
    ['redis', 'SSH-2.0-OpenSSH', undefined],
  ] as const)('%s: %j is %s', (as, text, speaks) => {
    expect(PROBES[as]?.read(text)).toBe(speaks);
  });
});

describe('isMetricsText', () => {
  it.each([
    ['text/plain; version=0.0.4', '', true],
    ['application/openmetrics-text; version=1.0.0', '', true],
    ['text/plain', '# HELP x y\n# TYPE x counter\nx 1\n', true],
    ['', 'up{job="a"} 1\n', true],
    ['text/html', '<html># TYPE x counter</html>', false],
    ['application/json', '{"a":1}', false],
    ['text/plain', 'ok', false],
    ['text/plain', 'Hello 7 worlds', false],
  ])('%s %j: %s', (type, text, metrics) => {
    expect(isMetricsText(type, text)).toBe(metrics);
  });
});

describe('httpPorts', () => {
  it('asks the labelled port first and leaves other protocols alone', () => {
    expect(httpPorts({ 'prometheus.port': '9464' }, [3306, 8080, 80, 5672])).toEqual([9464, 80, 8080]);
    for (const port of ['x', '', '70000', '-1']) expect(httpPorts({ 'prometheus.port': port }, [80])).toEqual([80]);
  });

  it('does not walk a range', () => {
    expect(
      httpPorts(
        {},
        Array.from({ length: 100 }, (_, at) => 30_000 + at),
      ),
    ).toHaveLength(10);
  });
});

describe('bestPage', () => {
  const page = (path: string, status: number) => ({ port: 80, speaks: 'http', path, status }) as const;
  it('prefers a 2xx, else what / says', () => {
    expect(bestPage([page('/health', 200), page('/', 302)])?.path).toBe('/health');
    expect(bestPage([page('/health', 404), page('/', 200)])?.path).toBe('/');
    expect(bestPage([page('/health', 404), page('/', 401)])).toEqual(page('/', 401));
    expect(bestPage([])).toBeUndefined();
  });
});

describe('commands', () => {
  it.each([
    ['docker-entrypoint.sh redis-server --port 6380', 6380],
    ['postgres -p 5433', 5433],
    ['docker-entrypoint.sh postgres -c port=5434 -c fsync=off', 5434],
    ['redis-server', undefined],
    ['postgres -c max_connections=100', undefined],
  ])('%s: port %s', (command, port) => {
    expect(commandPort(command)).toBe(port);
  });

  it('show whether Redis has a password', () => {
    expect(setsPassword('redis-server --requirepass hidden', {})).toBe(true);
    expect(setsPassword('sh -c redis-server --requirepass "$PW"', {})).toBe(true);
    expect(setsPassword('redis-server', { REDIS_PASSWORD: 'hidden' })).toBe(true);
    expect(setsPassword('redis-server', { REDIS_PASSWORD: '' })).toBe(false);
  });
});

describe('names', () => {
  it.each([
    ['postgres:18-alpine', 'postgres'],
    ['registry.example.com:5000/timescale/timescaledb:2-pg17@sha256:abc', 'timescaledb'],
    ['pgvector/pgvector:pg17', 'pgvector'],
    ['localhost:5000/redis', 'redis'],
  ])('repository of %s: %s', (image, name) => {
    expect(repositoryName(image)).toBe(name);
  });

  it('are quoted for a shell only where they must be', () => {
    expect(shellWord('shop-db_1')).toBe('shop-db_1');
    expect(shellWord("a b'c; rm")).toBe(`'a b'\\''c; rm'`);
  });
});
