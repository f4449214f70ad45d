import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/base/files.ts';
import { sh } from '../support/e2e-stack.ts';
import { atTerminal, DOWN, ENTER, SPACE } from '../support/terminal.ts';

const HOOK = 'https://hooks.slack.com/services/T0/B0/topsecret';
const COMMAND = [process.execPath, '--import', import.meta.resolve('tsx'), 'scripts/configure.ts'];
const noTerminal = spawnSync('script', ['--version']).status === 0 ? undefined : 'script of util-linux is not installed';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pharos-conf-'));
  for (const path of ['scripts', 'exporters', '.env.example', 'package.json']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const configure = async (...args: readonly string[]) => sh([...COMMAND, ...args], { cwd: folder, env: { NO_COLOR: '1', CI: '1' } });
const env = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(readFileSync(join(folder, '.env'), 'utf8'))?.[1] ?? 'none';
const secret = (name: string): string => readFileSync(join(folder, 'secrets', name), 'utf8');

describe('npm run configure', () => {
  it('says what to do without a terminal', async () => {
    expect(await configure()).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--help lists the options') });
    expect((await configure('--help')).stdout).toContain('--slack-webhook -|@FILE|VALUE');
    expect(existsSync(join(folder, '.env'))).toBe(false);
  });

  it('shows with --dry-run what it would write, and writes nothing', async () => {
    const { code, stdout, stderr } = await configure('--slack-webhook', HOOK, '--slack-channel', '#ops', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('secrets/slack_webhook_url  https://hooks.slack.com/…  (new)');
    expect(stdout).toContain('Nothing was written.');
    expect(stderr).toContain('was given on the command line');
    expect(stdout + stderr).not.toContain('topsecret');
    expect(existsSync(join(folder, '.env'))).toBe(false);
    expect(existsSync(join(folder, 'secrets'))).toBe(false);
  });

  it('reads a secret from a file or the standard input, and keeps it from other users', async () => {
    writeFileSync(join(folder, 'hook'), `${HOOK}\n`);
    const shell = `${COMMAND.join(' ')} --slack-webhook @hook --smtp-password - --smtp-host mail:2525 --smtp-user u --email-from a@b --email-to c@b`;
    const { code, stdout, stderr } = await sh(['sh', '-c', `printf 'hunter2' | ${shell}`], {
      cwd: folder,
      env: { NO_COLOR: '1', CI: '1' },
    });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^ *! PUBLIC_HOST: is 127\.0\.0\.1, but SLACK_WEBHOOK_URL is set/),
    });
    expect(stdout).not.toMatch(/topsecret|hunter2/);
    expect(secret('slack_webhook_url')).toBe(HOOK);
    expect(secret('smtp_password')).toBe('hunter2');
    expect([env('SMTP_HOST'), env('SMTP_PORT'), env('EMAIL_CRITICAL'), env('EMAIL_WARNING')]).toEqual(['mail', '2525', 'c@b', 'c@b']);
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(folder, '.env'), 'utf8')).toContain('# Slack: an incoming webhook');
  });

  it('leaves everything as it was where one value is wrong', async () => {
    writeFileSync(join(folder, '.env'), readFileSync(join(folder, '.env.example'), 'utf8'), { mode: 0o600 });
    const before = readFileSync(join(folder, '.env'), 'utf8');
    const { code, stderr } = await configure('--webhook-url', 'http://w', '--pagerduty-key', 'abc', '--slack-channel', '#ops');
    expect(code).toBe(2);
    expect(stderr).toContain('--pagerduty-key: is not an Events API v2 routing key');
    expect(stderr).toContain('Slack: needs one more value');
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe(before);
    expect(existsSync(join(folder, 'secrets'))).toBe(false);
  });

  it('asks for the channels one after the other, and never shows a secret', async (context) => {
    if (noTerminal !== undefined) context.skip(noTerminal);
    const { code, screen } = await atTerminal(COMMAND.join(' '), folder, [
      ['Which channels?', `${SPACE}${DOWN}${DOWN}${SPACE}${ENTER}`],
      ['Slack: Incoming webhook', `https://app.slack.com/client/x${ENTER}`],
      // Refused at once, with what is right; ^U clears the line.
      ['is not an incoming webhook of Slack', `\x15${HOOK}${ENTER}`],
      ['Slack: Channel', `#ops${ENTER}`],
      ['PagerDuty: Integration key', `${'a1'.repeat(16)}${ENTER}`],
      ['Write this?', ENTER],
      ['Apply it now', `n${ENTER}`],
    ]);
    expect(screen).toContain('Written.');
    expect(code).toBe(0);
    expect(screen).not.toMatch(/topsecret|a1a1/);
    expect(secret('slack_webhook_url')).toBe(HOOK);
    expect(secret('pagerduty_routing_key')).toBe('a1'.repeat(16));
    expect(env('SLACK_CHANNEL')).toBe("'#ops'");
  });

  it('writes nothing when it is interrupted at a question', async (context) => {
    if (noTerminal !== undefined) context.skip(noTerminal);
    const { code, screen } = await atTerminal(COMMAND.join(' '), folder, [
      ['Which channels?', `${SPACE}${ENTER}`],
      ['Slack: Incoming webhook', '\x03'],
    ]);
    expect(code).toBe(130);
    expect(screen).not.toContain('bug');
    expect(existsSync(join(folder, '.env'))).toBe(false);
  });
});
