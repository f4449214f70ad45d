import { describe, expect, it } from 'vitest';
import { AuthReader, type AuthEvent } from '../../../exporters/security/auth-events.ts';
import { parseLogLine } from '../../../exporters/security/syslog-line.ts';

/** The same message in the three forms in which syslog daemons write it. */
const FORMS: Readonly<Record<string, (program: string, pid: string, message: string) => string>> = {
  classic: (program, pid, message) => `Nov  1 06:25:01 web-1 ${program}${pid === '' ? '' : `[${pid}]`}: ${message}`,
  'ISO time': (program, pid, message) => `2025-11-21T06:25:01.123456+01:00 web-1 ${program}${pid === '' ? '' : `[${pid}]`}: ${message}`,
  'RFC 5424': (program, pid, message) => `<38>1 2025-11-21T06:25:01.003Z web-1 ${program} ${pid === '' ? '-' : pid} - - ${message}`,
  'RFC 5424 with data': (program, pid, message) =>
    `<38>1 2025-11-21T06:25:01.003Z web-1 ${program} ${pid === '' ? '-' : pid} ID1 [timeQuality tzKnown="1" note="a \\] b"][x y="z"] ${message}`,
};

function read(lines: readonly (readonly [program: string, pid: string, message: string])[], form = FORMS['classic']!): AuthEvent[] {
  const reader = new AuthReader();
  return lines.flatMap(([program, pid, message]) => {
    const line = parseLogLine(form(program, pid, message));
    expect(line, message).toBeDefined();
    const event = line === undefined ? undefined : reader.read(line);
    return event === undefined ? [] : [event];
  });
}

const ssh = (message: string, pid = '4711'): AuthEvent[] => read([['sshd', pid, message]]);

describe.each(Object.entries(FORMS))('lines in the form %s', (_, form) => {
  it('are taken apart', () => {
    expect(parseLogLine(form('sshd-session', '4711', 'Connection from 192.0.2.1'))).toEqual({
      program: 'sshd-session',
      pid: '4711',
      message: 'Connection from 192.0.2.1',
      times: 1,
    });
    expect(parseLogLine(form('sudo', '', '   alice : TTY=pts/0 ; COMMAND=/bin/ls'))?.program).toBe('sudo');
  });

  it('count a wrong password, a root login and a refusal of sudo', () => {
    const events = read(
      [
        ['sshd', '10', 'Failed password for alice from 192.0.2.7 port 51234 ssh2'],
        ['sshd-session', '11', 'Accepted publickey for root from 2001:db8::7 port 51235 ssh2: ED25519 SHA256:c0ffee'],
        ['sudo', '', '   alice : user NOT in sudoers ; TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id'],
      ],
      form,
    );
    expect(events).toEqual([
      { kind: 'ssh_failure', reason: 'password', user: 'alice', source: '192.0.2.7', times: 1 },
      { kind: 'login', method: 'publickey', root: true, source: '2001:db8::7', times: 1 },
      { kind: 'sudo_failure', reason: 'not_in_sudoers', times: 1 },
    ]);
  });
});

describe('parseLogLine', () => {
  it('unfolds what rsyslog folded', () => {
    const line = parseLogLine(
      'Nov 21 06:25:01 web-1 sshd[9]: message repeated 3 times: [ Failed password for root from 192.0.2.1 port 2 ssh2]',
    );
    expect(line).toMatchObject({ times: 3, message: 'Failed password for root from 192.0.2.1 port 2 ssh2' });
  });

  it.each(['', 'rotated', '{"json":true}', 'Nov 21 06:25:01', '-- Boot 3a --'])('leaves %j alone', (line) => {
    expect(parseLogLine(line)).toBeUndefined();
  });
});

describe('failed SSH logins', () => {
  it.each([
    ['Failed password for root from 192.0.2.1 port 22022 ssh2', 'password'],
    ['Failed publickey for git from 192.0.2.1 port 22022 ssh2: RSA SHA256:abc', 'publickey'],
    ['Failed keyboard-interactive/pam for bob from 192.0.2.1 port 22022 ssh2', 'keyboard_interactive'],
    ['Failed hostbased for bob from 192.0.2.1 port 22022 ssh2', 'other'],
    ['Failed password for invalid user admin from 192.0.2.1 port 22022 ssh2', 'invalid_user'],
    ['Invalid user oracle from 192.0.2.1 port 22022', 'invalid_user'],
    ['Invalid user  from 192.0.2.1 port 22022', 'invalid_user'],
    ['User deploy from 192.0.2.1 not allowed because not listed in AllowUsers', 'not_allowed'],
    ['ROOT LOGIN REFUSED FROM 192.0.2.1 port 22022', 'not_allowed'],
    ['error: maximum authentication attempts exceeded for bob from 192.0.2.1 port 22022 ssh2 [preauth]', 'publickey'],
    ['Connection closed by authenticating user root 192.0.2.1 port 22022 [preauth]', 'gave_up'],
    ['Connection reset by authenticating user root 192.0.2.1 port 22022 [preauth]', 'gave_up'],
    ['Disconnected from authenticating user root 192.0.2.1 port 22022 [preauth]', 'gave_up'],
  ])('%s', (message, reason) => {
    expect(ssh(message)).toEqual([expect.objectContaining({ kind: 'ssh_failure', reason, source: '192.0.2.1', times: 1 })]);
  });

  it.each([
    'Failed none for root from 192.0.2.1 port 22022 ssh2',
    'Connection closed by 192.0.2.1 port 22022 [preauth]',
    'Disconnected from user alice 192.0.2.1 port 22022',
    'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root',
    'PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root',
    'Server listening on 0.0.0.0 port 22.',
    'Received disconnect from 192.0.2.1 port 22022:11: Bye Bye [preauth]',
  ])('are not: %s', (message) => {
    expect(ssh(message)).toEqual([]);
  });

  it('count one guess of an unknown name once, and each further one', () => {
    const failed = 'Failed password for invalid user admin from 192.0.2.1 port 2 ssh2';
    const events = read([
      ['sshd', '7', 'Invalid user admin from 192.0.2.1 port 2'],
      ['sshd', '7', 'pam_unix(sshd:auth): check pass; user unknown'],
      ['sshd', '7', failed],
      ['sshd', '7', failed],
      ['sshd', '7', 'Connection closed by invalid user admin 192.0.2.1 port 2 [preauth]'],
    ]);
    expect(events).toHaveLength(2);
  });

  it('count the folded lines of an announced guess but for the announced one', () => {
    const events = read([
      ['sshd', '7', 'Invalid user admin from 192.0.2.1 port 2'],
      ['sshd', '7', 'message repeated 3 times: [ Failed password for invalid user admin from 192.0.2.1 port 2 ssh2]'],
    ]);
    expect(events.map((event) => event.times)).toEqual([1, 2]);
  });

  it('do not count the end of a connection whose failures were counted, but that of the next with its number', () => {
    const gone = 'Connection closed by authenticating user root 192.0.2.1 port 2 [preauth]';
    const events = read([
      ['sshd', '7', 'Failed password for root from 192.0.2.1 port 2 ssh2'],
      ['sshd', '7', gone],
      ['sshd', '7', gone],
    ]);
    expect(events.map((event) => 'reason' in event && event.reason)).toEqual(['password', 'gave_up']);
  });

  it('are not led astray by a name that looks like an address', () => {
    expect(ssh('Failed password for invalid user x from 10.0.0.1 port 1 ssh2 from 192.0.2.66 port 2 ssh2')).toEqual([
      expect.objectContaining({ source: '192.0.2.66', user: 'x from 10.0.0.1 port 1 ssh2' }),
    ]);
  });

  it('go on where the reader was restarted', () => {
    const before = new AuthReader();
    const announce = parseLogLine('Nov 21 06:25:01 h sshd[7]: Invalid user admin from 192.0.2.1 port 2');
    const failure = parseLogLine('Nov 21 06:25:02 h sshd[7]: Failed password for invalid user admin from 192.0.2.1 port 2 ssh2');
    expect(before.read(announce!)).toBeDefined();
    expect(new AuthReader(before.connections).read(failure!)).toBeUndefined();
    expect(new AuthReader().read(failure!)).toBeDefined();
  });

  it('keep no more than a bounded number of connections', () => {
    const reader = new AuthReader();
    for (let pid = 0; pid < 10_000; pid += 1)
      reader.read({ program: 'sshd', pid: String(pid), message: 'Invalid user a from 192.0.2.1 port 2', times: 1 });
    expect(reader.connections).toHaveLength(4096);
    expect(reader.connections.at(-1)?.[0]).toBe('9999');
  });
});

describe('successful logins', () => {
  it.each<[string, string, string, boolean]>([
    ['sshd', 'Accepted password for root from 192.0.2.1 port 2 ssh2', 'password', true],
    ['sshd', 'Accepted keyboard-interactive/pam for root from 192.0.2.1 port 2 ssh2', 'keyboard_interactive', true],
    ['sshd', 'Accepted gssapi-with-mic for root from 192.0.2.1 port 2 ssh2', 'other', true],
    ['sshd', 'Accepted publickey for rooter from 192.0.2.1 port 2 ssh2: RSA SHA256:x', 'publickey', false],
    ['login', "ROOT LOGIN on '/dev/tty1'", 'console', true],
  ])('%s: %s', (program, message, method, root) => {
    const source = program === 'sshd' ? '192.0.2.1' : '';
    expect(read([[program, '5', message]])).toEqual([{ kind: 'login', method, root, source, times: 1 }]);
  });
});

describe('sudo and su', () => {
  it.each<[string, string, number]>([
    ['   alice : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id', 'wrong_password', 3],
    ['   alice : 1 incorrect password attempt ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/id', 'wrong_password', 1],
    ['   alice : a password is required ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id', 'password_required', 1],
    ['   alice : command not allowed ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/sbin/reboot', 'command_not_allowed', 1],
    ['   alice : user NOT authorized on host ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/id', 'not_in_sudoers', 1],
  ])('%s', (message, reason, times) => {
    expect(read([['sudo', '', message]])).toEqual([{ kind: 'sudo_failure', reason, times }]);
  });

  it.each([
    '   alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/grep user NOT in sudoers ; x',
    'pam_unix(sudo:auth): authentication failure; logname=alice uid=1000 euid=0 tty=/dev/pts/0 ruser=alice rhost=  user=alice',
    'pam_unix(sudo:session): session opened for user root(uid=0) by alice(uid=1000)',
  ])('not: %s', (message) => {
    expect(read([['sudo', '', message]])).toEqual([]);
  });

  it('counts a failed su', () => {
    expect(read([['su', '99', 'FAILED SU (to root) alice on pts/0']])).toEqual([{ kind: 'su_failure', times: 1 }]);
    expect(read([['su', '99', '(to root) alice on pts/0']])).toEqual([]);
  });
});
