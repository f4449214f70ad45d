import { readFileSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AuthCollector } from '../../../exporters/security/collect-auth.ts';
import { readJournal, readJournalHead, type JournalEntry } from '../../../exporters/security/journal-file.ts';
import { hostFolder, valueOf } from '../../support/host-folder.ts';

const host = hostFolder();
/**
 * Written by systemd-journal-remote 252 with names that are made up: `1` holds two failed logins and a long line of another program, `2` is the same
 * file with three more, a refused sudo with a long command and a login of root, `next` is the file after it with four failed logins.
 */
const journal = (name: string): Buffer => gunzipSync(readFileSync(new URL(`journal/${name}.journal.gz`, import.meta.url)));
const FOLDER = '/var/log/journal/fedcba9876543210fedcba9876543210';
const SYSTEM = `${FOLDER}/system.journal`;
const failed = (found: Awaited<ReturnType<AuthCollector['collect']>>): number | undefined =>
  valueOf(found, 'security_ssh_failed_logins_total', { reason: 'password' });
/** Reading what systemd compresses needs Node.js 22.15. */
const canUnpack = 'zstdDecompressSync' in zlib;
const now = (): number => Date.now() / 1000;

describe('a file of the journal', () => {
  it.each(['compact-2', 'plain-2'])('%s is read from its beginning to its end, and from where it was read to', async (name) => {
    host.put(SYSTEM, journal(name));
    const handle = await open(host.path + SYSTEM);
    const head = await readJournalHead(handle);
    const entries: JournalEntry[] = [];
    const end = await readJournal(handle, head, head.first, (entry) => entries.push(entry));
    expect(entries.map(({ SYSLOG_IDENTIFIER: program, SYSLOG_PID: pid }) => `${program ?? ''} ${pid ?? ''}`)).toEqual([
      ...['cron 50', 'sshd 100', 'sshd 101', 'app 77', 'sshd 100', 'sshd 101', 'sshd 102', 'sudo 900', 'sshd-session 901'],
    ]);
    expect(entries[1]?.MESSAGE).toBe('Failed password for root from 192.0.2.7 port 51000 ssh2');
    expect(entries[3]?.MESSAGE).toBe(canUnpack ? `a long line ${'x'.repeat(900)}` : undefined);
    expect(end).toBeGreaterThan(head.last);
    await readJournal(handle, head, end, () => expect.unreachable());
    await handle.close();
  });

  it('is refused where it is something else', async () => {
    host.put(SYSTEM, 'x'.repeat(500));
    const handle = await open(host.path + SYSTEM);
    await expect(readJournalHead(handle)).rejects.toThrow('is no file of the journal');
    await handle.close();
  });

  it('is read up to an entry that is just being written', async () => {
    const bytes = journal('compact-2');
    host.put(SYSTEM, bytes);
    const handle = await open(host.path + SYSTEM);
    const head = await readJournalHead(handle);
    // The last object but with nothing in it yet.
    let last = 0;
    for (let at = head.first; at <= head.last; at += Math.ceil(Number(bytes.readBigUInt64LE(at + 8)) / 8) * 8)
      if (bytes[at] === 3) last = at;
    bytes.fill(0, last + 16, last + Number(bytes.readBigUInt64LE(last + 8)));
    host.put(SYSTEM, bytes);
    const entries: JournalEntry[] = [];
    expect(await readJournal(handle, head, head.first, (entry) => entries.push(entry))).toBe(last);
    expect(entries).toHaveLength(8);
    await handle.close();
  });
});

describe('logins on a host with a journal and no log', () => {
  it('are counted from the first look on, after a restart too', async () => {
    host.put(SYSTEM, journal('compact-1'));
    const collector = new AuthCollector(host.path, {});
    const first = await collector.collect(now());
    expect(first.sources).toEqual([{ path: '/var/log/journal', state: 'ok' }]);
    expect(failed(first)).toBe(0);
    host.put(SYSTEM, journal('compact-2'));
    const found = await new AuthCollector(host.path, JSON.parse(JSON.stringify(collector.state)) as object).collect(now());
    expect(failed(found)).toBe(3);
    expect(valueOf(found, 'security_root_logins_total', { method: 'publickey' })).toBe(1);
    expect(valueOf(found, 'security_sudo_failures_total', { reason: 'wrong_password' })).toBe(canUnpack ? 3 : 0);
  });

  it.each([
    ['closed', 'journal'],
    ['not closed', 'journal~'],
  ])('are counted over the change to the next file, the last one %s', async (_, end) => {
    host.put(SYSTEM, journal('compact-1'));
    const collector = new AuthCollector(host.path, {});
    await collector.collect(now());
    host.put(SYSTEM, journal('compact-2'));
    renameSync(host.path + SYSTEM, `${host.path}${FOLDER}/system@31b0-1.${end}`);
    host.put(SYSTEM, journal('compact-next'));
    const found = await collector.collect(now());
    expect(failed(found)).toBe(7);
    expect(valueOf(found, 'security_auth_log_gaps_total')).toBe(0);
  });

  it('are missed where the last file is gone, which is said', async () => {
    host.put(SYSTEM, journal('compact-1'));
    const collector = new AuthCollector(host.path, {});
    await collector.collect(now());
    host.put(SYSTEM, journal('compact-next'));
    const found = await collector.collect(now());
    expect(failed(found)).toBe(4);
    expect(valueOf(found, 'security_auth_log_gaps_total')).toBe(1);
  });

  it('are also in the journals of people, which begin when they first log in', async () => {
    host.put(SYSTEM, journal('compact-1'));
    const collector = new AuthCollector(host.path, {});
    await collector.collect(now());
    host.put(`${FOLDER}/user-1000.journal`, journal('compact-next'));
    expect(failed(await collector.collect(now()))).toBe(4);
  });

  it('are read in the folder that is in use', async () => {
    host.put(SYSTEM.replace('fedc', '0000'), journal('compact-next'));
    utimesSync(host.path + SYSTEM.replace('fedc', '0000'), 1000, 1000);
    host.put(SYSTEM, journal('compact-1'));
    const collector = new AuthCollector(host.path, {});
    await collector.collect(now());
    host.put(SYSTEM, journal('compact-2'));
    expect(failed(await collector.collect(now()))).toBe(3);
  });

  it('are not counted twice where there is a log', async () => {
    host.put('/var/log/auth.log', '');
    host.put(SYSTEM, journal('compact-1'));
    const collector = new AuthCollector(host.path, {});
    expect((await collector.collect(now())).sources).toEqual([{ path: '/var/log/auth.log', state: 'ok' }]);
    host.put(SYSTEM, journal('compact-2'));
    expect(failed(await collector.collect(now()))).toBe(0);
    rmSync(`${host.path}/var/log/auth.log`);
    expect(failed(await collector.collect(now()))).toBe(0);
  });

  it('say where the journal cannot be read', async () => {
    expect((await new AuthCollector(host.path, {}).collect(now())).sources).toEqual([{ path: '/var/log/auth.log', state: 'absent' }]);
    host.put('/var/log/journal/empty/other.journal', '');
    expect((await new AuthCollector(host.path, {}).collect(now())).sources).toEqual([{ path: '/var/log/auth.log', state: 'absent' }]);
  });
});
