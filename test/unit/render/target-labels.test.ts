import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { ROOT } from '../../../scripts/base/files.ts';
import { modules } from '../../../scripts/modules/index.ts';
import { hostOf, labelTargets, serversInFiles, type LabelFacts } from '../../../scripts/render/target-labels.ts';
import { relabelled, type RelabelConfig } from '../../support/relabel.ts';

const facts: LabelFacts = {
  serverName: 'vps-1',
  gateway: '172.30.0.1',
  network: 'pharos_monitoring',
  servers: [
    { host: 'shop.example.com', server: 'web-1' },
    { host: 'old-db', server: 'db-9' },
    ...serversInFiles(
      new Map([
        ['prometheus/targets/node/db.yml', '- targets: [10.0.0.12:9100]\n  labels: { instance: db-1 }\n- targets: [10.0.0.13:9100]\n'],
        ['prometheus/targets/node/own.yml', '- targets: [10.0.0.14:9100]\n  labels: { instance: db-2, server: db }\n'],
        ['prometheus/targets/apps/shop.yml', '- targets: [10.0.0.15:3000]\n  labels: { instance: shop }\n'],
        ['prometheus/targets/node/README.md', '- targets: [10.0.0.16:9100]\n'],
      ]),
      modules,
    ),
  ],
};

interface Job {
  readonly job_name: string;
  readonly relabel_configs: readonly RelabelConfig[];
  readonly metric_relabel_configs?: readonly RelabelConfig[];
}

function jobOf(text: string, name: string): Job {
  const doc = parseDocument(text, { merge: true });
  labelTargets(doc, facts);
  const found = (parse(String(doc)).scrape_configs as readonly Job[]).find((job) => job.job_name === name);
  if (found === undefined) throw new Error(`no job ${name}`);
  return found;
}

const checkedIn = (job: string): Job => jobOf(readFileSync(join(ROOT, `prometheus/scrape/${job}.yml`), 'utf8'), job);

/** The two labels of a target of a job, as Prometheus makes them at run time. */
function labelsOf(
  job: string,
  address: string,
  labels: Readonly<Record<string, string>> = {},
): readonly [string | undefined, string | undefined] {
  const { target_host, server } = relabelled({ __address__: address, ...labels }, checkedIn(job).relabel_configs) ?? {};
  return [target_host, server];
}

describe('target_host', () => {
  it.each([
    ['shop-backend:3000', 'shop-backend'],
    ['shop-backend', 'shop-backend'],
    ['10.0.0.12:9100', '10.0.0.12'],
    ['[fd00::1]:3000', 'fd00::1'],
    ['fd00::1', 'fd00::1'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
    ['https://shop.example.com', 'shop.example.com'],
    ['https://shop.example.com:8443/health?at=a@b:1#c', 'shop.example.com'],
    ['http://user@[::1]/', '::1'],
    ['http://user:word@shop.example.com/', 'shop.example.com'],
    ['postgresql://pharos_monitor@shop-db:5432/app?sslmode=disable', 'shop-db'],
    ['redis://shop-cache', 'shop-cache'],
    ['unix:///run/shop.sock', undefined],
    ['', undefined],
  ])('of %s is %s', (address, host) => {
    expect(hostOf(address)).toBe(host);
    expect(labelsOf('blackbox', address)[0]).toBe(host);
  });

  it.each(['apps', 'blackbox', 'containers', 'mysql', 'nginx', 'node', 'postgres', 'redis'])(
    'is that of a target file in job %s',
    (job) => {
      expect(labelsOf(job, 'shop.example.com:1234', { target_host: 'shop-backend' })[0]).toBe('shop-backend');
      expect(labelsOf(job, 'shop.example.com:1234')[0]).toBe('shop.example.com');
    },
  );

  it('of a service of the stack is its name, without the network that `up` puts behind it', () => {
    expect(labelsOf('blackbox', 'http://history.pharos_monitoring:9095/-/ready')).toEqual(['history', 'vps-1']);
    expect(labelsOf('blackbox', 'http://history.other_monitoring:9095/-/ready')).toEqual(['history.other_monitoring', undefined]);
  });
});

describe('server', () => {
  it.each([
    ['backend:3000', 'vps-1'],
    ['localhost:3000', 'vps-1'],
    ['host.docker.internal:3000', 'vps-1'],
    ['hostxdocker.internal:3000', undefined],
    ['127.0.0.1:3000', 'vps-1'],
    ['128.0.0.1:3000', undefined],
    ['[::1]:3000', 'vps-1'],
    ['[::2]:3000', undefined],
    ['172.30.0.1:3000', 'vps-1'],
    ['172.30.0.2:3000', undefined],
    ['10.0.0.12:3000', 'db-1'],
    ['10.0.0.13:3000', '10.0.0.13:9100'],
    ['10.0.0.14:3000', 'db'],
    ['10.0.0.15:3000', undefined],
    ['10.0.0.16:3000', undefined],
    ['shop.example.com:3000', 'web-1'],
    ['shop-example.com:3000', undefined],
    ['old-db:3000', 'db-9'],
  ])('of %s is %s', (address, server) => {
    expect(labelsOf('apps', address)[1]).toBe(server);
  });

  it('is that of the target file', () => {
    expect(labelsOf('apps', 'backend:3000', { server: 'web-2' })[1]).toBe('web-2');
    expect(labelsOf('node', '10.0.0.12:9100', { server: 'web-2', instance: 'db-1' })[1]).toBe('web-2');
  });

  it('of a server or of its containers is what the target file calls it', () => {
    expect(labelsOf('node', 'web-2:9100', { instance: 'web-2' })[1]).toBe('web-2');
    expect(labelsOf('node', '10.0.0.99:9100')[1]).toBe('10.0.0.99:9100');
    expect(labelsOf('containers', '10.0.0.99:8080', { instance: 'web-2' })[1]).toBe('web-2');
  });

  it('follows the container that a public address is tied to', () => {
    expect(labelsOf('blackbox', 'https://unknown.example.com/', { target_host: 'shop-backend' })).toEqual(['shop-backend', 'vps-1']);
  });
});

describe('samples', () => {
  const sample = (job: string, labels: Readonly<Record<string, string>>) => relabelled(labels, checkedIn(job).metric_relabel_configs ?? []);

  it('of an nginx server have its host and server instead of the exporter’s', () => {
    const exporter = { target_host: 'nginx-exporter', server: 'vps-1', instance: 'nginx-exporter', service: 'nginx-exporter' };
    expect(sample('nginx', { ...exporter, addr: 'https://user@10.0.0.12:8443/stub_status?a#web' })).toEqual({
      target_host: '10.0.0.12',
      server: 'db-1',
      instance: 'web',
      service: 'web',
    });
    expect(sample('nginx', { ...exporter, addr: 'http://[fd00::1]/stub_status#web' })).toMatchObject({ target_host: 'fd00::1' });
    expect(sample('nginx', { ...exporter, addr: 'http://[fd00::1]/stub_status#web' })).not.toHaveProperty('server');
    expect(sample('nginx', exporter)).toEqual(exporter);
  });

  it('of a PostgreSQL exporter that has a label server itself keep the host’s', () => {
    expect(sample('postgres', { server: 'db-1', exported_server: 'shop-db:5432' })).toEqual({ server: 'db-1' });
    expect(sample('postgres', { server: 'shop-db:5432', instance: 'shop' })).toEqual({ instance: 'shop' });
  });
});

it('a list that jobs of the user share stays theirs', () => {
  const text = `scrape_configs:
  - job_name: a
    relabel_configs: &shared
      - { target_label: shop, replacement: a }
  - { job_name: b, relabel_configs: *shared }
  - { job_name: c }
`;
  const [a, b, c] = ['a', 'b', 'c'].map((name) => jobOf(text, name).relabel_configs);
  expect(a).toEqual(b);
  expect(a).toHaveLength((c ?? []).length + 1);
});
