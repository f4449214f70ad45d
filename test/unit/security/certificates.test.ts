import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { certificateCollector } from '../../../exporters/security/collect-files.ts';
import type { Collected } from '../../../exporters/security/collected.ts';
import { hostFolder, valueOf } from '../../support/host-folder.ts';

const host = hostFolder();

describe('certificates', () => {
  const certificate = (path: string, days: number): void => {
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-subj',
      '/CN=x',
      '-days',
      `${days}`,
    ];
    mkdirSync(dirname(host.path + path), { recursive: true });
    execFileSync('openssl', [...args, '-keyout', `${host.path}${path}.key`, '-out', host.path + path], { stdio: 'ignore' });
  };
  const expiry = (found: Collected, path: string): number | undefined =>
    valueOf(found, 'security_certificate_expiry_timestamp_seconds', { path });

  it('are found in folders and by name, and end with the first of a chain', async () => {
    certificate('/etc/tls/a.pem', 10);
    certificate('/etc/tls/live/shop/b.crt', 20);
    certificate('/srv/one.cert', 40);
    host.put(
      '/etc/tls/live/shop/fullchain.pem',
      readFileSync(`${host.path}/srv/one.cert`, 'utf8') + readFileSync(`${host.path}/etc/tls/a.pem`, 'utf8'),
    );
    host.put('/etc/tls/privkey.pem', readFileSync(`${host.path}/etc/tls/a.pem.key`));
    host.put('/etc/tls/dhparam.pem', '-----BEGIN DH PARAMETERS-----\nMIIB\n-----END DH PARAMETERS-----\n');
    host.put('/etc/tls/ca-certificates.crt', '-----BEGIN CERTIFICATE-----\n'.repeat(10_000));
    host.put('/etc/tls/broken.pem', 'nothing');
    const found = await certificateCollector(host.path, ['/etc/tls', '/srv/one.cert', '/absent']).collect(0);
    const days = (path: string): number => Math.round(((expiry(found, path) ?? 0) - Date.now() / 1000) / 86_400);
    expect([days('/etc/tls/a.pem'), days('/etc/tls/live/shop/b.crt'), days('/srv/one.cert')]).toEqual([10, 20, 40]);
    expect(days('/etc/tls/live/shop/fullchain.pem')).toBe(10);
    expect(valueOf(found, 'security_certificate_files')).toBe(4);
    expect(valueOf(found, 'security_certificate_files_unreadable')).toBe(1);
    expect(found.sources).toEqual([
      { path: '/etc/tls', state: 'ok' },
      { path: '/srv/one.cert', state: 'ok' },
      { path: '/absent', state: 'absent' },
      { path: '/etc/tls/broken.pem', state: 'unreadable' },
    ]);
  });

  it('that cannot be opened are named, each once, up to a bound', async () => {
    // A link that leads nowhere: as root, tests open every mode.
    const close = (name: string): void => {
      mkdirSync(`${host.path}/etc/tls`, { recursive: true });
      symlinkSync('nowhere', `${host.path}/etc/tls/${name}.pem`);
    };
    certificate('/etc/tls/a.pem', 10);
    close('b');
    close('privkey');
    const both = certificateCollector(host.path, ['/etc/tls', '/etc/tls/b.pem']);
    const sources = (await both.collect(0)).sources.filter(({ state }) => state !== 'ok').map(({ path }) => path);
    expect(sources).toEqual(['/etc/tls/b.pem']);
    host.put('/etc/tls/none.pem', 'nothing');
    expect((await certificateCollector(host.path, ['/etc/tls/none.pem']).collect(0)).sources).toEqual([
      { path: '/etc/tls/none.pem', state: 'unreadable' },
    ]);
    for (let i = 0; i < 40; i++) close(`c${i}`);
    const found = await certificateCollector(host.path, ['/etc/tls']).collect(0);
    expect(found.sources).toHaveLength(1 + 20);
    expect(valueOf(found, 'security_certificate_files_unreadable')).toBe(42);
  });

  it('of Let’s Encrypt are those in use, not those that were', async () => {
    certificate('/etc/le/archive/a.b/fullchain1.pem', 5);
    certificate('/etc/le/archive/a.b/fullchain2.pem', 80);
    host.put('/etc/le/csr/0000_csr-certbot.pem', '-----BEGIN CERTIFICATE REQUEST-----\n');
    mkdirSync(`${host.path}/etc/le/live/a.b`, { recursive: true });
    symlinkSync('../../archive/a.b/fullchain2.pem', `${host.path}/etc/le/live/a.b/fullchain.pem`);
    for (const path of ['/etc/le', '/etc/le/live/a.b']) {
      const found = await certificateCollector(host.path, [path]).collect(0);
      expect(expiry(found, '/etc/le/live/a.b/fullchain.pem')).toBeDefined();
      expect([valueOf(found, 'security_certificate_files'), valueOf(found, 'security_certificate_files_unreadable')]).toEqual([1, 0]);
    }
  });
});
