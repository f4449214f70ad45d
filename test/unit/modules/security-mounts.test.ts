import type { PathKind } from '../../../scripts/modules/parts.ts';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askedPaths, certificateFolders, certificateProblems } from '../../../scripts/modules/security/mounts.ts';
import { hostPaths } from '../../../scripts/engine/host.ts';

const host = (kinds: Readonly<Record<string, PathKind>>) => new Map(Object.entries(kinds));

describe('folders of certificates', () => {
  it.each<readonly [string, Readonly<Record<string, PathKind>>, readonly string[]]>([
    ['/etc/nginx.d', { '/etc/nginx.d': 'folder' }, ['/etc/nginx.d']],
    ['/etc/tls/one', { '/etc/tls/one': 'file' }, ['/etc/tls']],
    ['/etc/tls/one.pem', { '/etc/tls/one.pem': 'file' }, ['/etc/tls']],
    ['/etc/gone', { '/etc/gone': 'absent' }, []],
    ['/etc/tls', { '/etc/tls': 'closed' }, []],
    ['/x.pem', { '/x.pem': 'file' }, []],
    ['/etc/le/live/example.com', { '/etc/le/live/example.com': 'folder', '/etc/le/archive': 'folder' }, ['/etc/le']],
    ['/etc/le/live', { '/etc/le/live': 'folder', '/etc/le/archive': 'folder' }, ['/etc/le']],
    ['/etc/le/live/a.b/fullchain.pem', { '/etc/le/live/a.b/fullchain.pem': 'file', '/etc/le/archive': 'folder' }, ['/etc/le']],
    // A folder that only has the name.
    ['/srv/live/site', { '/srv/live/site': 'folder', '/srv/archive': 'absent' }, ['/srv/live/site']],
  ])('of %s', (path, kinds, folders) => expect(certificateFolders([path], host(kinds))).toEqual(folders));

  it('are asked of the host with the folder that links lead to', () => {
    expect(askedPaths({ name: 'p', services: {} }, ['/etc/le/live/a.b', '/etc/tls'])).toEqual([
      '/etc/le/live/a.b',
      '/etc/tls',
      '/etc/le/archive',
    ]);
  });
});

describe('paths of certificates', () => {
  it.each<readonly [string, PathKind, string]>([
    ['/x.pem', 'file', 'error .env:3 SECURITY_CERTIFICATES: /x.pem is a file in /'],
    ['/etc/gone', 'absent', 'warning .env:3 SECURITY_CERTIFICATES: /etc/gone does not exist'],
    [
      '/etc/le/live',
      'closed',
      'warning .env:3 SECURITY_CERTIFICATES: /etc/le/live is in a folder that neither you nor the collector can read',
    ],
  ])('%s that is %s', (path, kind, text) => {
    const [problem] = certificateProblems([path], host({ [path]: kind }), '.env:3');
    expect(`${problem?.severity} ${problem?.place} ${problem?.message}`).toContain(text);
    expect(problem?.fix).not.toBe('');
  });

  it('that can be mounted are none', () => {
    expect(certificateProblems(['/etc/tls', '/etc/a.pem'], host({ '/etc/tls': 'folder', '/etc/a.pem': 'file' }), '.env:3')).toEqual([]);
  });
});

it('what stands at a path is what a link leads to', async () => {
  const root = mkdtempSync(join(tmpdir(), 'pharos-kinds-'));
  try {
    mkdirSync(join(root, 'a.d'));
    writeFileSync(join(root, 'a.d/file'), '');
    symlinkSync('a.d', join(root, 'link'));
    symlinkSync('nowhere', join(root, 'dangling'));
    const names = ['a.d', 'a.d/file', 'link', 'link/file', 'dangling', 'gone'];
    const kinds = await hostPaths(names.map((name) => join(root, name)));
    expect([...kinds.values()]).toEqual(['folder', 'file', 'folder', 'file', 'absent', 'absent']);
    chmodSync(join(root, 'a.d'), 0o000);
    // Root looks everywhere.
    const closed = process.getuid?.() === 0 ? 'file' : 'closed';
    expect([...(await hostPaths([join(root, 'a.d/file')])).values()]).toEqual([closed]);
    chmodSync(join(root, 'a.d'), 0o700);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
