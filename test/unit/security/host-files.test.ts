import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthCollector } from '../../../exporters/security/collect-auth.ts';
import { certificateCollector, exposureCollector } from '../../../exporters/security/collect-files.ts';
import { PackageCollector } from '../../../exporters/security/collect-packages.ts';
import { PortCollector } from '../../../exporters/security/collect-ports.ts';
import type { Collected, Collector } from '../../../exporters/security/collected.ts';
import { unpackLz4 } from '../../../exporters/security/lz4.ts';
import { Runner } from '../../../exporters/security/runner.ts';
import { loadState, writeWhole } from '../../../exporters/security/state.ts';

let host: string;
beforeEach(() => void (host = mkdtempSync(join(tmpdir(), 'pharos-sec-host-'))));
afterEach(() => rmSync(host, { recursive: true, force: true }));

const put = (path: string, content: string | Buffer, mode = 0o644): void => {
  mkdirSync(dirname(host + path), { recursive: true });
  writeFileSync(host + path, content);
  chmodSync(host + path, mode);
};
/** The value of a sample, by name and labels. */
function valueOf(found: Collected, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  const samples = found.families.find((family) => family.name === name)?.samples ?? [];
  return samples.find((sample) => Object.entries(labels).every(([label, value]) => sample.labels?.[label] === value))?.value;
}

describe('the authentication log', () => {
  const LINE = 'Nov 21 06:25:01 web-1 sshd[10]: Failed password for root from 192.0.2.7 port 51234 ssh2\n';

  it('counts what is added after the first look, and distinct sources and users within the hour', async () => {
    put('/var/log/auth.log', LINE);
    const collector = new AuthCollector(host, {});
    const first = await collector.collect(1000);
    expect(valueOf(first, 'security_ssh_failed_logins_total', { reason: 'password' })).toBe(0);
    expect(first.sources).toEqual([{ path: '/var/log/auth.log', state: 'ok' }]);
    put('/var/log/auth.log', LINE + LINE + LINE.replace('.7', '.8').replace('root', 'eve'));
    const second = await collector.collect(2000);
    expect(valueOf(second, 'security_ssh_failed_logins_total', { reason: 'password' })).toBe(2);
    expect(valueOf(second, 'security_ssh_failed_login_sources')).toBe(2);
    expect(valueOf(second, 'security_ssh_failed_login_users')).toBe(2);
    expect(valueOf(second, 'security_ssh_failed_logins_busiest_source')).toBe(1);
    const later = await collector.collect(5601);
    expect(valueOf(later, 'security_ssh_failed_login_sources')).toBe(0);
    expect(valueOf(later, 'security_ssh_failed_logins_total', { reason: 'password' })).toBe(2);
  });

  it('goes on after a restart where it was, with its counts', async () => {
    put('/var/log/secure', LINE);
    const before = new AuthCollector(host, {});
    await before.collect(1000);
    put('/var/log/secure', LINE + LINE);
    await before.collect(1060);
    put('/var/log/secure', LINE + LINE + LINE);
    const state = JSON.parse(JSON.stringify(before.state)) as typeof before.state;
    expect(valueOf(await new AuthCollector(host, state).collect(1120), 'security_ssh_failed_logins_total', { reason: 'password' })).toBe(2);
  });

  it('has series for every reason and no label of an attacker’s choice', async () => {
    put('/var/log/auth.log', '');
    const collector = new AuthCollector(host, {});
    await collector.collect(0);
    put('/var/log/auth.log', Array.from({ length: 25_000 }, (_, i) => LINE.replace('root', `u${i}`).replace('.7', `.${i}`)).join(''));
    const found = await collector.collect(1);
    expect(found.families.flatMap(({ samples }) => samples).length).toBeLessThan(40);
    expect(valueOf(found, 'security_ssh_failed_logins_total', { reason: 'password' })).toBe(25_000);
    expect(valueOf(found, 'security_ssh_failed_login_sources')).toBeLessThanOrEqual(20_000);
  });

  it('says where it is absent, or silent for days', async () => {
    expect((await new AuthCollector(host, {}).collect(0)).sources).toEqual([{ path: '/var/log/auth.log', state: 'absent' }]);
    put('/var/log/secure', LINE);
    utimesSync(`${host}/var/log/secure`, 1000, 1000);
    expect((await new AuthCollector(host, {}).collect(1000 + 2 * 86_400)).sources[0]?.state).toBe('ok');
    expect((await new AuthCollector(host, {}).collect(1001 + 2 * 86_400)).sources[0]?.state).toBe('silent');
  });
});

describe('listening ports', () => {
  const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
  const row = (local: string, state: string): string =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 3105202 1 0000000009d7f814 100 0 0 10 0\n`;
  const ALL4 = '00000000';
  const ALL6 = '00000000000000000000000000000000';
  const tables = (tcp: string, udp = '', tcp6 = '', udp6 = ''): void => {
    put('/proc/1/net/tcp', HEAD + tcp);
    put('/proc/1/net/udp', HEAD + udp);
    put('/proc/1/net/tcp6', HEAD + tcp6);
    put('/proc/1/net/udp6', HEAD + udp6);
  };
  const since = (found: Collected, protocol: string, port: string, scope = 'network'): number | undefined =>
    valueOf(found, 'security_listening_port_since_timestamp_seconds', { protocol, port, scope });

  it('are told by protocol, port and reach; connections and answers are not', async () => {
    tables(
      row(`${ALL4}:0016`, '0A') + row('0100007F:1538', '0A') + row('0100007F:1F90', '01'),
      row(`${ALL4}:0035`, '07') + row(`${ALL4}:9C40`, '07') + row(`${ALL4}:0044`, '01'),
      row(`${ALL6}:0016`, '0A') + row('00000000000000000000000001000000:1539', '0A') + row('0000000000000000FFFF00000100007F:153A', '0A'),
    );
    const found = await new PortCollector(host, {}).collect(1000);
    expect(found.families.find(({ name }) => name === 'security_listening_port_since_timestamp_seconds')?.samples).toHaveLength(5);
    expect(since(found, 'tcp', '22')).toBe(0);
    expect(since(found, 'udp', '53')).toBe(0);
    for (const port of ['5432', '5433', '5434']) expect(since(found, 'tcp', port, 'loopback')).toBe(0);
    expect(valueOf(found, 'security_listening_ports', { protocol: 'tcp', scope: 'network' })).toBe(1);
  });

  it('are no news while the stack itself still starts', async () => {
    const [ssh, exporter, odd] = ['0016', '238C', '115C'].map((port) => row(`${ALL4}:${port}`, '0A')) as [string, string, string];
    const collector = new PortCollector(host, {});
    tables(ssh);
    await collector.collect(1000);
    tables(ssh + exporter);
    await collector.collect(1060);
    const restarted = new PortCollector(host, JSON.parse(JSON.stringify(collector.state)) as typeof collector.state);
    expect(since(await restarted.collect(1120), 'tcp', '9100')).toBe(0);
    tables(ssh + exporter + odd);
    const found = await restarted.collect(1180);
    expect([since(found, 'tcp', '9100'), since(found, 'tcp', '4444')]).toEqual([0, 1180]);
    expect(valueOf(found, 'security_listening_port_changes_total', { change: 'opened' })).toBe(2);
  });

  it('show when a new one opened, and keep a stopped service in mind for a week', async () => {
    const [ssh, odd] = [row(`${ALL4}:0016`, '0A'), row(`${ALL4}:115C`, '0A')];
    tables(ssh);
    const collector = new PortCollector(host, {});
    for (const second of [880, 940, 1000]) await collector.collect(second);
    tables(ssh + odd);
    let found = await collector.collect(2000);
    expect(since(found, 'tcp', '4444')).toBe(2000);
    expect(valueOf(found, 'security_listening_port_changes_total', { change: 'opened' })).toBe(1);
    tables(odd);
    found = await collector.collect(3000);
    expect(since(found, 'tcp', '22')).toBeUndefined();
    expect(valueOf(found, 'security_listening_port_changes_total', { change: 'closed' })).toBe(1);
    tables(ssh + odd);
    const restarted = new PortCollector(host, JSON.parse(JSON.stringify(collector.state)) as typeof collector.state);
    found = await restarted.collect(3000 + 6 * 86_400);
    expect(since(found, 'tcp', '22')).toBe(0);
    expect(since(found, 'tcp', '4444')).toBe(2000);
    tables(odd);
    await restarted.collect(3000 + 7 * 86_400);
    tables(ssh + odd);
    found = await restarted.collect(3000 + 15 * 86_400);
    expect(since(found, 'tcp', '22')).toBe(3000 + 15 * 86_400);
  });

  it('are bounded: the newest are shown, the others counted', async () => {
    tables('');
    const collector = new PortCollector(host, {});
    for (const second of [-1, 0, 1]) await collector.collect(second);
    tables(Array.from({ length: 1000 }, (_, i) => row(`${ALL4}:${(i + 1000).toString(16).padStart(4, '0').toUpperCase()}`, '0A')).join(''));
    const found = await collector.collect(2);
    expect(found.families.flatMap(({ samples }) => samples).length).toBeLessThan(220);
    expect(valueOf(found, 'security_listening_ports_hidden')).toBe(800);
  });

  it('say where the tables are absent, and fail on one of another form', async () => {
    expect((await new PortCollector(host, {}).collect(1)).sources).toEqual([{ path: '/proc/1/net', state: 'absent' }]);
    tables('');
    put('/proc/1/net/tcp', 'something else\n');
    await expect(new PortCollector(host, {}).collect(1)).rejects.toThrow('unknown form');
  });
});

describe('packages on disk', () => {
  const prefix = '/var/lib/apt/lists/security.debian.org_debian-security_dists_bookworm-security_';
  const list = `Package: openssl\nVersion: 3.0.18\nArchitecture: amd64\n\nPackage: ${'x'.repeat(200)}\nVersion: 1\nArchitecture: amd64\n`;
  beforeEach(() => {
    put('/var/lib/dpkg/status', 'Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.17\n');
    put(`${prefix}InRelease`, 'Label: Debian-Security\nSuite: oldstable-security\n');
  });

  it.each([
    ['', Buffer.from(list)],
    ['.gz', gzipSync(list)],
  ])('reads lists packed as "%s"', async (end, bytes) => {
    put(`${prefix}main_binary-amd64_Packages${end}`, bytes);
    const found = await new PackageCollector(host, '6.1').collect();
    expect(valueOf(found, 'security_updates_pending_security')).toBe(1);
    expect(found.sources.map(({ state }) => state)).toEqual(['ok', 'ok']);
  });

  it('sees an update that was applied', async () => {
    put(`${prefix}main_binary-amd64_Packages`, list);
    const collector = new PackageCollector(host, '6.1');
    expect(valueOf(await collector.collect(), 'security_updates_pending')).toBe(1);
    put('/var/lib/dpkg/status', 'Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.18\n\n');
    expect(valueOf(await collector.collect(), 'security_updates_pending')).toBe(0);
  });

  it('says what it cannot read, and where there is no dpkg', async () => {
    put(`${prefix}main_binary-amd64_Packages.xz`, 'x');
    expect((await new PackageCollector(host, '6.1').collect()).sources.at(-1)).toEqual({ path: '/var/lib/apt/lists', state: 'unreadable' });
    rmSync(`${host}/var/lib/dpkg`, { recursive: true });
    expect(await new PackageCollector(host, '6.1').collect()).toEqual({
      sources: [{ path: '/var/lib/dpkg/status', state: 'absent' }],
      families: [],
    });
  });
});

describe('unpackLz4', () => {
  const plain = `${Array.from({ length: 20_000 }, (_, i) => `line ${i % 13}\n`).join('')}the end`;
  // Three blocks of 64 KiB that refer to each other: `lz4 -B4 -BD` 1.9 of that text.
  const PACKED = Buffer.from(
    'BCJNGERAXkwBAABxbGluZSAwCgcAEjEHABIyBwASMwcAEjQHABI1BwASNgcAEjcHABI4BwASOQcAFDFHAANIABMxSQAEFwACJgADFQAPXgD/////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////cFAKbGluZQoBAAAPkP//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////6FBlIDQKbHkAAADCaW5lIDUKbGluZSA2BwASNwcAEjgHABI5BwAjMTAIABMxCAASMggABBcAAg4AAxUAEjMOABI0BwAPXgD/////////////////////////////////////////////////////////////////////pXB0aGUgZW5kAAAAAAD37Ho=',
    'base64',
  );
  it('unpacks blocks that refer to earlier ones', () => {
    const blocks = [...unpackLz4(PACKED)];
    expect(blocks.length).toBeGreaterThan(1);
    expect(Buffer.concat(blocks).toString()).toBe(plain);
  });

  it('refuses what is no frame, and a frame that is cut off', () => {
    expect(() => [...unpackLz4(Buffer.from('not packed at all'))]).toThrow('not an LZ4 frame');
    expect(() => [...unpackLz4(PACKED.subarray(0, 20))]).toThrow('ends in the middle');
    expect(() => [...unpackLz4(PACKED.subarray(0, -8))]).toThrow('has no end');
  });
});

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
    mkdirSync(dirname(host + path), { recursive: true });
    execFileSync('openssl', [...args, '-keyout', `${host}${path}.key`, '-out', host + path], { stdio: 'ignore' });
  };
  const expiry = (found: Collected, path: string): number | undefined =>
    valueOf(found, 'security_certificate_expiry_timestamp_seconds', { path });

  it('are found in folders and by name, and end with the first of a chain', async () => {
    certificate('/etc/tls/a.pem', 10);
    certificate('/etc/tls/live/shop/b.crt', 20);
    certificate('/srv/one.cert', 40);
    put('/etc/tls/live/shop/fullchain.pem', readFileSync(`${host}/srv/one.cert`, 'utf8') + readFileSync(`${host}/etc/tls/a.pem`, 'utf8'));
    put('/etc/tls/privkey.pem', readFileSync(`${host}/etc/tls/a.pem.key`));
    put('/etc/tls/broken.pem', 'nothing');
    const found = await certificateCollector(host, ['/etc/tls', '/srv/one.cert', '/absent']).collect(0);
    const days = (path: string): number => Math.round(((expiry(found, path) ?? 0) - Date.now() / 1000) / 86_400);
    expect([days('/etc/tls/a.pem'), days('/etc/tls/live/shop/b.crt'), days('/srv/one.cert')]).toEqual([10, 20, 40]);
    expect(days('/etc/tls/live/shop/fullchain.pem')).toBe(10);
    expect(valueOf(found, 'security_certificate_files')).toBe(4);
    expect(valueOf(found, 'security_certificate_files_unreadable')).toBe(1);
    expect(found.sources).toEqual([
      { path: '/etc/tls', state: 'ok' },
      { path: '/srv/one.cert', state: 'ok' },
      { path: '/absent', state: 'absent' },
    ]);
  });
});

describe('secrets of the stack', () => {
  const exposed = async (): Promise<string[]> => {
    const found = await exposureCollector(host).collect(0);
    const samples = found.families.find(({ name }) => name === 'security_secret_exposed')?.samples ?? [];
    expect(samples.map(({ labels }) => labels?.['path'])).toEqual(expect.arrayContaining(['.env', 'secrets']));
    const open = samples.filter(({ value }) => value === 1);
    expect(valueOf(found, 'security_secrets_exposed')).toBe(open.length);
    return open.map(({ labels }) => labels?.['path'] ?? '');
  };
  beforeEach(() => {
    chmodSync(host, 0o755);
    put('/.env', 'X=1', 0o600);
    put('/.env.example', 'X=', 0o644);
    put('/secrets/a', 'x', 0o444);
    put('/secrets/b', 'x', 0o400);
    chmodSync(`${host}/secrets`, 0o700);
  });

  it('are safe behind a closed folder', async () => {
    expect(await exposed()).toEqual([]);
  });
  it('are open where the settings or the folder are', async () => {
    chmodSync(`${host}/.env`, 0o644);
    expect(await exposed()).toEqual(['.env']);
    chmodSync(`${host}/.env`, 0o600);
    put('/.env.backup', 'X=1', 0o604);
    expect(await exposed()).toEqual(['.env.backup']);
    chmodSync(`${host}/.env.backup`, 0o640);
    chmodSync(`${host}/secrets`, 0o711);
    expect(await exposed()).toEqual(['secrets', 'secrets/a']);
  });
  it('are safe in a checkout that others cannot enter', async () => {
    chmodSync(`${host}/.env`, 0o644);
    chmodSync(`${host}/secrets`, 0o755);
    put('/exporters/node/textfile/a.prom', 'x 1', 0o666);
    chmodSync(host, 0o711);
    expect(await exposed()).toEqual(['.env', 'secrets', 'secrets/a']);
    chmodSync(host, 0o744);
    expect(await exposed()).toEqual([]);
    expect(valueOf(await exposureCollector(host).collect(0), 'security_textfiles_exposed')).toBe(0);
  });
  it('are shown up to a bound, and all counted', async () => {
    chmodSync(`${host}/secrets`, 0o755);
    for (let i = 0; i < 60; i++) put(`/secrets/c${i}`, 'x', 0o444);
    const found = await exposureCollector(host).collect(0);
    const samples = found.families.find(({ name }) => name === 'security_secret_exposed')?.samples ?? [];
    expect(samples.map(({ value }) => value)).toEqual([...Array.from({ length: 50 }, () => 1), 0]);
    // The folder, the one file of the others that is open to all, and the new ones.
    expect(valueOf(found, 'security_secrets_exposed')).toBe(62);
  });
  it('do not hold the folder of metrics, which others must not write to', async () => {
    put('/exporters/node/textfile/a.prom', 'x 1', 0o644);
    const count = async () => valueOf(await exposureCollector(host).collect(0), 'security_textfiles_exposed');
    expect(await count()).toBe(0);
    chmodSync(`${host}/exporters/node/textfile/a.prom`, 0o666);
    expect(await count()).toBe(1);
    chmodSync(`${host}/exporters/node/textfile`, 0o777);
    expect(await count()).toBe(2);
  });
  it('say where there is no stack', async () => {
    expect((await exposureCollector(`${host}/absent`).collect(0)).sources).toEqual([{ path: 'the stack', state: 'absent' }]);
  });
});

describe('Runner', () => {
  it('keeps what a failing collector found before, with its age, and goes on with the others', async () => {
    let broken = false;
    const answer = (value: number): Collected => ({
      families: [{ name: 'a', help: 'A.', type: 'gauge', samples: [{ value }] }],
      sources: [{ path: '/a', state: 'ok' }],
    });
    const collectors: Collector[] = [
      { name: 'one', collect: async (now) => (broken ? Promise.reject(new Error('no')) : answer(now)) },
      { name: 'two', collect: async () => ({ families: [], sources: [{ path: '/b', state: 'absent' }] }) },
    ];
    const told: string[] = [];
    const runner = new Runner(collectors, { failed: (...said) => void told.push(said.join(' ')), works: () => undefined });
    await runner.round(() => 100);
    broken = true;
    await runner.round(() => 200);
    const text = runner.text();
    expect(text).toContain('\na 100\n');
    expect(text).toContain('security_collector_success{collector="one"} 0\n');
    expect(text).toContain('security_collector_last_success_timestamp_seconds{collector="one"} 100\n');
    expect(text).toContain('security_collector_last_success_timestamp_seconds{collector="two"} 200\n');
    expect(text).toContain('security_source_state{collector="two",source="/b",state="absent"} 1\n');
    expect(told).toContain('one no');
  });

  it('gives an age also of what has never succeeded, and does not make it younger by a restart', async () => {
    const broken: Collector[] = [{ name: 'one', collect: async () => Promise.reject(new Error('no')) }];
    const quiet = { failed: () => undefined, works: () => undefined };
    const age = 'security_collector_last_success_timestamp_seconds{collector="one"}';
    const runner = new Runner(broken, quiet);
    await runner.round(() => 100);
    await runner.round(() => 200);
    expect(runner.text()).toContain(`${age} 100\n`);
    const again = new Runner(broken, quiet, runner.succeeded);
    await again.round(() => 300);
    expect(again.text()).toContain(`${age} 100\n`);
  });
});

describe('the state', () => {
  it('is written whole, for its owner only, and read back; a damaged one is told and not fatal', async () => {
    const path = join(host, 'state.json');
    expect(await loadState(path)).toEqual({ state: {} });
    await writeWhole(path, '{"counts":{"su/failed":2}}', 0o600);
    expect(await loadState(path)).toEqual({ state: { counts: { 'su/failed': 2 } } });
    await writeWhole(path, '{"counts":', 0o600);
    expect(await loadState(path)).toMatchObject({ state: {}, wrong: expect.stringContaining('JSON') });
  });
});
