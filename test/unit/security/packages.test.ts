import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../../exporters/security/debian-version.ts';
import { installedPackages, readRelease, rebootRequired, UpdateFinder } from '../../../exporters/security/package-lists.ts';

const STATUS = `Package: openssl
Status: install ok installed
Priority: optional
Section: utils
Installed-Size: 2291
Maintainer: Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>
Architecture: amd64
Version: 3.0.17-1~deb12u2
Depends: libc6 (>= 2.34), libssl3 (>= 3.0.17)
Description: Secure Sockets Layer toolkit - cryptographic utility
 This package is part of the OpenSSL project's implementation of the SSL
 and TLS cryptographic protocols for secure communication over the
 Version: 9.9 of nothing, because this line goes on from the one above.

Package: libc6
Status: hold ok installed
Architecture: amd64
Version: 2.36-9+deb12u10

Package: libc6
Status: install ok installed
Architecture: i386
Version: 2.36-9+deb12u10

Package: old-thing
Status: deinstall ok config-files
Architecture: all
Version: 1.0-1

Package: linux-image-6.1.0-40-amd64
Status: install ok installed
Architecture: amd64
Version: 6.1.153-1

Package: linux-image-6.1.0-41-cloud-amd64
Status: install ok installed
Architecture: amd64
Version: 6.1.158-1

Package: linux-image-amd64
Status: install ok installed
Architecture: amd64
Version: 6.1.158-1
`;
const SECURITY = `-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Origin: Debian
Label: Debian-Security
Suite: oldstable-security
Codename: bookworm-security
Date: Fri, 21 Nov 2025 08:01:02 UTC
`;
const STABLE = 'Origin: Debian\nLabel: Debian\nSuite: oldstable\nCodename: bookworm\n';
const UBUNTU = 'Origin: Ubuntu\nLabel: Ubuntu\nSuite: noble-security\nVersion: 24.04\nCodename: noble\n';
const BACKPORTS =
  'Origin: Debian Backports\nLabel: Debian Backports\nSuite: stable-backports\nNotAutomatic: yes\nButAutomaticUpgrades: yes\n';

const offer = (name: string, version: string, architecture = 'amd64'): string =>
  `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\nDescription: x\n\n`;

function pending(...lists: readonly (readonly [release: string, packages: string])[]) {
  const finder = new UpdateFinder(installedPackages(STATUS));
  for (const [release, packages] of lists) {
    const reader = finder.reader(readRelease(release));
    for (const line of packages.split('\n')) reader.line(line);
    reader.end();
  }
  return finder.pending;
}

describe('compareVersions', () => {
  // From the rules of Debian Policy 5.6.12 and what `dpkg --compare-versions` says of each.
  it.each([
    ['1.0-1', '1.0-2'],
    ['1.0~rc1-1', '1.0-1'],
    ['1.0~~', '1.0~'],
    ['1.0', '1.0a'],
    ['1.0a', '1.0+'],
    ['9.9', '1:0.1'],
    ['1.9-1', '1.10-1'],
    ['3.0.17-1~deb12u2', '3.0.17-1~deb12u3'],
    ['3.0.17-1~deb12u2', '3.0.17-1'],
    ['2.36-9', '2.36-9+deb12u1'],
    ['1.2-3-1', '1.2-3-2'],
    ['1.0', '1.0-1'],
    ['20230101123456789012345678', '20230101123456789012345679'],
    ['1:9.2p1-2+deb12u7', '1:9.2p1-2+deb12u10'],
    ['1.0-0ubuntu1', '1.0-0ubuntu1.1'],
  ])('%s is older than %s', (older, newer) => {
    expect(compareVersions(older, newer)).toBeLessThan(0);
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
  });

  it.each([
    ['1.0-1', '1.0-1'],
    ['0:1.0', '1.0'],
    ['1.01', '1.1'],
  ])('%s is %s', (a, b) => {
    expect(compareVersions(a, b)).toBe(0);
  });
});

describe('pending updates', () => {
  it('are none where nothing newer is offered', () => {
    expect(pending([STABLE, offer('openssl', '3.0.17-1~deb12u2') + offer('other', '9.0')])).toEqual({ all: 0, security: 0, held: 0 });
  });

  it('count each package once, and as security update where a security repository has it', () => {
    const lists = [
      [STABLE, offer('openssl', '3.0.17-1~deb12u3')],
      [SECURITY, offer('openssl', '3.0.17-1~deb12u3')],
    ] as const;
    expect(pending(...lists)).toEqual({ all: 1, security: 1, held: 0 });
    expect(pending(lists[0])).toEqual({ all: 1, security: 0, held: 0 });
    expect(pending([UBUNTU, offer('openssl', '3.0.18')])).toEqual({ all: 1, security: 1, held: 0 });
  });

  it('do not hold what is held, removed, of another architecture or only in backports', () => {
    expect(pending([SECURITY, offer('libc6', '2.36-9+deb12u13')])).toEqual({ all: 0, security: 0, held: 1 });
    expect(pending([SECURITY, offer('libc6', '2.36-9+deb12u13', 'i386')])).toEqual({ all: 1, security: 1, held: 0 });
    expect(pending([SECURITY, offer('old-thing', '2.0', 'all')])).toEqual({ all: 0, security: 0, held: 0 });
    expect(pending([SECURITY, offer('openssl', '9', 'arm64')])).toEqual({ all: 0, security: 0, held: 0 });
    expect(pending([BACKPORTS, offer('openssl', '9')])).toEqual({ all: 0, security: 0, held: 0 });
  });
});

describe('rebootRequired', () => {
  const installed = installedPackages(STATUS);
  const more = installedPackages(
    `${STATUS}\nPackage: linux-image-6.1.0-41-amd64\nStatus: install ok installed\nArchitecture: amd64\nVersion: 6.1.158-1\n`,
  );
  it('is recognised by a newer kernel of the same flavour', () => {
    expect(rebootRequired(installed, '6.1.0-40-amd64')).toBe(false);
    expect(rebootRequired(more, '6.1.0-40-amd64')).toBe(true);
    expect(rebootRequired(more, '6.1.0-41-amd64')).toBe(false);
    expect(rebootRequired(more, '6.1.0-41-cloud-amd64')).toBe(false);
  });
  it('is unknown if the running kernel is from elsewhere', () => {
    expect(rebootRequired(installed, '6.12.8+')).toBeUndefined();
  });
});
