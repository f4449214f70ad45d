import { utimesSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AuthCollector } from '../../../exporters/security/collect-auth.ts';
import { hostFolder, valueOf } from '../../support/host-folder.ts';

const host = hostFolder();

describe('the authentication log', () => {
  const LINE = 'Nov 21 06:25:01 web-1 sshd[10]: Failed password for root from 192.0.2.7 port 51234 ssh2\n';

  it('counts what is added after the first look, and distinct sources and users within the hour', async () => {
    host.put('/var/log/auth.log', LINE);
    const collector = new AuthCollector(host.path, {});
    const first = await collector.collect(1000);
    expect(valueOf(first, 'security_ssh_failed_logins_total', { reason: 'password' })).toBe(0);
    expect(first.sources).toEqual([{ path: '/var/log/auth.log', state: 'ok' }]);
    host.put('/var/log/auth.log', LINE + LINE + LINE.replace('.7', '.8').replace('root', 'eve'));
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
    host.put('/var/log/secure', LINE);
    const before = new AuthCollector(host.path, {});
    await before.collect(1000);
    host.put('/var/log/secure', LINE + LINE);
    await before.collect(1060);
    host.put('/var/log/secure', LINE + LINE + LINE);
    const state = JSON.parse(JSON.stringify(before.state)) as typeof before.state;
    expect(
      valueOf(await new AuthCollector(host.path, state).collect(1120), 'security_ssh_failed_logins_total', { reason: 'password' }),
    ).toBe(2);
  });

  it.each([
    ['by a password after 20 wrong ones', 20, 'password', '192.0.2.7', 1],
    ['by a password after 19', 19, 'password', '192.0.2.7', 0],
    ['by a dialogue after 20', 20, 'keyboard-interactive/pam', '192.0.2.7', 1],
    ['by a key after 20', 20, 'publickey', '192.0.2.7', 0],
    ['by a password from another address', 20, 'password', '192.0.2.8', 0],
  ])('knows whether a login was guessed: %s', async (_, wrong, method, address, guessed) => {
    host.put('/var/log/auth.log', '');
    const collector = new AuthCollector(host.path, {});
    await collector.collect(1000);
    const login = LINE.replace('Failed password', `Accepted ${method}`).replace('192.0.2.7', address);
    host.put('/var/log/auth.log', LINE.repeat(wrong) + login);
    expect(valueOf(await collector.collect(1060), 'security_ssh_guessed_logins')).toBe(guessed);
  });

  it('forgets wrong passwords after an hour, and a guessed login after a day, not at a restart', async () => {
    host.put('/var/log/auth.log', '');
    const collector = new AuthCollector(host.path, {});
    await collector.collect(1000);
    const login = LINE.replace('Failed', 'Accepted');
    host.put('/var/log/auth.log', LINE.repeat(20));
    await collector.collect(1060);
    host.put('/var/log/auth.log', LINE.repeat(20) + login);
    expect(valueOf(await collector.collect(4659), 'security_ssh_guessed_logins')).toBe(1);
    host.put('/var/log/auth.log', LINE.repeat(20) + login + login);
    expect(valueOf(await collector.collect(4660), 'security_ssh_guessed_logins')).toBe(1);
    const after = new AuthCollector(host.path, JSON.parse(JSON.stringify(collector.state)) as object);
    expect(valueOf(await after.collect(4659 + 86_399), 'security_ssh_guessed_logins')).toBe(1);
    expect(valueOf(await after.collect(4659 + 86_400), 'security_ssh_guessed_logins')).toBe(0);
  });

  it('has series for every reason and no label of an attacker’s choice', async () => {
    host.put('/var/log/auth.log', '');
    const collector = new AuthCollector(host.path, {});
    await collector.collect(0);
    host.put('/var/log/auth.log', Array.from({ length: 25_000 }, (_, i) => LINE.replace('root', `u${i}`).replace('.7', `.${i}`)).join(''));
    const found = await collector.collect(1);
    expect(found.families.flatMap(({ samples }) => samples).length).toBeLessThan(40);
    expect(valueOf(found, 'security_ssh_failed_logins_total', { reason: 'password' })).toBe(25_000);
    expect(valueOf(found, 'security_ssh_failed_login_sources')).toBeLessThanOrEqual(20_000);
  });

  it('says where it is absent, or silent for days', async () => {
    expect((await new AuthCollector(host.path, {}).collect(0)).sources).toEqual([{ path: '/var/log/auth.log', state: 'absent' }]);
    host.put('/var/log/secure', LINE);
    utimesSync(`${host.path}/var/log/secure`, 1000, 1000);
    expect((await new AuthCollector(host.path, {}).collect(1000 + 2 * 86_400)).sources[0]?.state).toBe('ok');
    expect((await new AuthCollector(host.path, {}).collect(1001 + 2 * 86_400)).sources[0]?.state).toBe('silent');
  });
});
