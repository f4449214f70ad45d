import { publishedPorts } from '../../../scripts/base/compose-model.ts';
import { expect, it } from 'vitest';
import type { HostPaths } from '../../../scripts/modules/parts.ts';
import { treeDigest, withDigestRule } from '../../../scripts/base/digest.ts';
import { modules } from '../../../scripts/modules/index.ts';
import type { ComposeHost } from '../../../scripts/modules/parts.ts';
import { configDigests } from '../../../scripts/render/config-digests.ts';
import { readSettings } from '../../../scripts/settings/settings.ts';
import { CONFIG_LABEL, renderCompose, type ComposePlan } from '../../../scripts/render/compose.ts';

const plan: ComposePlan = {
  images: new Map([
    ['a', 'pharos/a:1-debian'],
    ['b', 'b:1'],
  ]),
  leftOut: new Set(['gone']),
  network: { subnet: '172.30.0.0/24', gateway: '172.30.0.1' },
  appNetworks: ['shop'],
  reaching: new Set(['a']),
  secretMounts: new Map([['b', ['key']]]),
  secretsDir: '/s/secrets',
  changes: [],
  configDigests: new Map([['b', 'd1']]),
};

/** What the modules change on a host, with some settings. */
function changesOf(host: Partial<ComposeHost> = {}, more: object = {}): ComposePlan['changes'] {
  const settings = { ...readSettings([], '.env').settings.plain, ...more };
  const all: ComposeHost = { paths: new Map(), containerdSocket: undefined, ...host };
  return modules.map(
    ({ compose }) =>
      (model) =>
        compose?.(model, settings, all),
  );
}
const source = {
  name: 'p',
  services: {
    a: { image: 'a:2', profiles: ['x'], networks: { monitoring: null }, depends_on: { gone: {}, b: {} } },
    b: { image: 'b:1', ports: [{ host_ip: '127.0.0.1', target: 1, published: '9' }] },
    gone: { image: 'g:1' },
  },
  networks: { monitoring: { driver: 'bridge' } },
};

it('renderCompose makes the model that runs, and leaves its source alone', () => {
  const before = JSON.stringify(source);
  const model = renderCompose(source, plan);
  expect(JSON.stringify(source)).toBe(before);
  expect(model.services).toEqual({
    a: { image: 'pharos/a:1-debian', pull_policy: 'never', networks: { monitoring: null, shop: null }, depends_on: { b: {} } },
    b: {
      image: 'b:1',
      ports: source.services.b.ports,
      labels: { [CONFIG_LABEL]: 'd1' },
      volumes: [{ type: 'bind', source: '/s/secrets/key', target: '/run/secrets/key', read_only: true, bind: { create_host_path: false } }],
    },
  });
  expect(model.networks).toEqual({
    monitoring: { driver: 'bridge', ipam: { config: [{ subnet: '172.30.0.0/24', gateway: '172.30.0.1' }] } },
    shop: { name: 'shop', external: true },
  });
  expect(publishedPorts(model)).toEqual([{ service: 'b', address: '127.0.0.1', port: 9 }]);
});

it('names no network of the user where nothing has to reach it', () => {
  expect(Object.keys(renderCompose(source, { ...plan, reaching: new Set() }).networks ?? {})).toEqual(['monitoring']);
});

it('configDigests change with the files that a service reads at its start, and with no others', () => {
  const digest = (tree: [string, string][], secrets: [string, string][] = []) => configDigests(modules, new Map(tree), new Map(secrets));
  const base = digest([
    ['loki/loki.yml', 'a'],
    ['prometheus/prometheus.yml', 'a'],
  ]);
  expect(
    digest([
      ['loki/loki.yml', 'b'],
      ['prometheus/prometheus.yml', 'a'],
    ]).get('loki'),
  ).not.toBe(base.get('loki'));
  expect(
    digest([
      ['loki/loki.yml', 'a'],
      ['prometheus/prometheus.yml', 'b'],
    ]).get('loki'),
  ).toBe(base.get('loki'));
  expect(digest([], [['redis_exporter.json', 'x']]).get('redis-exporter')).not.toBe(digest([]).get('redis-exporter'));
});

it('the digest rule names what Prometheus was given', () => {
  const one = withDigestRule(
    new Map([
      ['prometheus/prometheus.yml', 'a'],
      ['loki/loki.yml', 'x'],
    ]),
  );
  const other = withDigestRule(
    new Map([
      ['prometheus/prometheus.yml', 'b'],
      ['loki/loki.yml', 'x'],
    ]),
  );
  expect(treeDigest(one)).toMatch(/^[0-9a-f]{16}$/);
  expect(treeDigest(other)).not.toBe(treeDigest(one));
  expect(treeDigest(withDigestRule(one))).toBe(treeDigest(one));
});

it.each([
  [new Set<string>(), 'off'],
  [new Set(['cadvisor']), 'on'],
])('lets the container exporter measure only where cAdvisor does not: %j left out', (leftOut, statistics) => {
  const services = { cadvisor: { image: 'c:1' }, 'container-exporter': { image: 'n:1', environment: { PORT: '1', STATISTICS: 'off' } } };
  const model = renderCompose({ name: 'p', services }, { ...plan, leftOut, changes: changesOf() });
  expect(model.services['container-exporter']?.environment).toEqual({ PORT: '1', STATISTICS: statistics });
});

it('lets cAdvisor ask containerd where the engine keeps its images there', () => {
  const cadvisor = { image: 'c:1', command: ['-docker_only=true'] };
  const model = renderCompose(
    { name: 'p', services: { cadvisor } },
    { ...plan, changes: changesOf({ containerdSocket: '/run/containerd/containerd.sock' }) },
  );
  expect(model.services['cadvisor']).toMatchObject({
    command: ['-docker_only=true', '-containerd=/run/containerd/containerd.sock'],
    volumes: [{ source: '/run/containerd/containerd.sock', read_only: true }],
  });
});

it('lets node exporter show what the security collector writes, and mounts what the host has', () => {
  const host = (path: string) => ({ type: 'bind', source: path, target: `/host${path}`, read_only: true });
  const data = { type: 'volume', source: 'security-data', target: '/var/tmp' };
  const services = {
    'node-exporter': { image: 'n:1', command: ['--a'], volumes: [] },
    'security-collector': { image: 's:1', volumes: [host('/var/log'), host('/var/lib/dpkg'), data] },
  };
  const certificates = ['/etc/tls', '/srv/a/one.pem', '/srv/a/two.pem', '/srv/gone'];
  const paths: HostPaths = new Map([
    ...certificates.map((path) => [path, path.endsWith('.pem') ? 'file' : 'folder'] as const),
    ...['/var/lib/dpkg', '/srv/gone', '/var/tmp'].map((path) => [path, 'absent'] as const),
  ]);
  const model = renderCompose({ name: 'p', services }, { ...plan, changes: changesOf({ paths }, { SECURITY_CERTIFICATES: certificates }) });
  const collector = model.services['security-collector'];
  expect(collector?.volumes?.map(({ target }) => target)).toEqual(['/host/var/log', '/var/tmp', '/host/etc/tls', '/host/srv/a']);
  expect(collector?.environment?.['CERTIFICATES']).toBe(certificates.join(','));
  expect(model.services['node-exporter']).toMatchObject({
    command: ['--a', '--collector.textfile.directory=/security/metrics'],
    volumes: [{ type: 'volume', source: 'security-data', target: '/security', read_only: true }],
  });
  const { 'node-exporter': alone } = renderCompose(
    { name: 'p', services: { 'node-exporter': services['node-exporter'] } },
    { ...plan, changes: changesOf() },
  ).services;
  expect(alone).toMatchObject({ command: ['--a'], volumes: [] });
});
