import { rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { PackageCollector } from '../../../exporters/security/collect-packages.ts';
import { hostFolder, valueOf } from '../../support/host-folder.ts';

const host = hostFolder();

describe('packages on disk', () => {
  const prefix = '/var/lib/apt/lists/security.debian.org_debian-security_dists_bookworm-security_';
  const list = `Package: openssl\nVersion: 3.0.18\nArchitecture: amd64\n\nPackage: ${'x'.repeat(200)}\nVersion: 1\nArchitecture: amd64\n`;
  beforeEach(() => {
    host.put('/var/lib/dpkg/status', 'Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.17\n');
    host.put(`${prefix}InRelease`, 'Label: Debian-Security\nSuite: oldstable-security\n');
  });

  it.each([
    ['', Buffer.from(list)],
    ['.gz', gzipSync(list)],
  ])('reads lists packed as "%s"', async (end, bytes) => {
    host.put(`${prefix}main_binary-amd64_Packages${end}`, bytes);
    const found = await new PackageCollector(host.path, '6.1').collect();
    expect(valueOf(found, 'security_updates_pending_security')).toBe(1);
    expect(found.sources.map(({ state }) => state)).toEqual(['ok', 'ok']);
  });

  it('sees an update that was applied', async () => {
    host.put(`${prefix}main_binary-amd64_Packages`, list);
    const collector = new PackageCollector(host.path, '6.1');
    expect(valueOf(await collector.collect(), 'security_updates_pending')).toBe(1);
    host.put('/var/lib/dpkg/status', 'Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.18\n\n');
    expect(valueOf(await collector.collect(), 'security_updates_pending')).toBe(0);
  });

  it('knows of no updates where apt has never looked for any', async () => {
    const found = await new PackageCollector(host.path, '6.1').collect();
    expect(found.sources.at(-1)).toEqual({ path: '/var/lib/apt/lists', state: 'absent' });
    expect(found.families.map(({ name }) => name).filter((name) => /pending|held/.test(name))).toEqual([]);
    expect(valueOf(found, 'security_package_lists_fetched_timestamp_seconds')).toBeGreaterThan(0);
  });

  it('says what it cannot read, and where there is no dpkg', async () => {
    host.put(`${prefix}main_binary-amd64_Packages.xz`, 'x');
    expect((await new PackageCollector(host.path, '6.1').collect()).sources.at(-1)).toEqual({
      path: '/var/lib/apt/lists',
      state: 'unreadable',
    });
    rmSync(`${host.path}/var/lib/dpkg`, { recursive: true });
    expect(await new PackageCollector(host.path, '6.1').collect()).toEqual({
      sources: [{ path: '/var/lib/dpkg/status', state: 'absent' }],
      families: [],
    });
  });
});
