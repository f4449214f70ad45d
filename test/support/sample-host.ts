import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { dirname } from 'node:path';
import type { E2eStack } from './e2e-stack.ts';

export const AUTH_LOG = '/var/log/auth.log';
export const GUESS = 'sshd-session[10]: Failed password for root from 192.0.2.7 port 51234 ssh2';
/** The group that may read logs. */
const ADM = 4;
const LISTS = '/var/lib/apt/lists/security.debian.org_debian-security_dists_trixie-security_';

/** A folder of a stack's copy that its security collector takes for the host: logs, packages and certificates of the test's own. */
export class SampleHost {
  readonly #stack: E2eStack;

  private constructor(stack: E2eStack) {
    this.#stack = stack;
  }

  /** Fills the folder, and lets the collector read it every second. */
  static prepare(stack: E2eStack): SampleHost {
    const host = new SampleHost(stack);
    // As git makes a checkout: others may look at what is in it.
    chmodSync(stack.folder, 0o755);
    const compose = 'exporters/security/compose.yml';
    const own = stack.read(compose).replace(/source: (\/var\/(?:log|lib\/\w+))/g, 'source: ./host$1');
    stack.write(compose, own.replace("INTERVAL_SECONDS: '15'", "INTERVAL_SECONDS: '1'"));
    host.openLog();
    host.log(GUESS);
    const installed = (name: string, version: string): string =>
      `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`;
    host.put('/var/lib/dpkg/status', `${installed('openssl', '3.5.1-1')}\n${installed(`linux-image-${release()}`, '1')}`);
    host.put(`${LISTS}InRelease`, 'Label: Debian-Security\nSuite: stable-security\n');
    host.offer('3.5.1-1');
    mkdirSync(stack.path('certificates'), { mode: 0o755 });
    host.certify('shop', 90);
    host.certify('soon', 5);
    host.certify('old', -1);
    return host;
  }

  put(path: string, text: string): void {
    const file = this.path(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, 0o644);
  }

  path(path: string): string {
    return this.#stack.path(`host${path}`);
  }

  /** Adds lines to the log of logins. */
  log(...lines: readonly string[]): void {
    appendFileSync(this.path(AUTH_LOG), lines.map((line) => `2026-11-21T06:25:01.123456+00:00 web-1 ${line}\n`).join(''));
  }

  /** Makes the log where it is missing, and readable for the collector. */
  openLog(): void {
    mkdirSync(dirname(this.path(AUTH_LOG)), { recursive: true });
    writeFileSync(this.path(AUTH_LOG), '', { flag: 'a' });
    chmodSync(this.path(AUTH_LOG), 0o640);
    chownSync(this.path(AUTH_LOG), 0, ADM);
  }

  closeLog(): void {
    chmodSync(this.path(AUTH_LOG), 0o600);
    chownSync(this.path(AUTH_LOG), 0, 0);
  }

  /** Begins a new log, as logrotate does. */
  rotateLog(): void {
    renameSync(this.path(AUTH_LOG), `${this.path(AUTH_LOG)}.1`);
    this.openLog();
  }

  /** The version of OpenSSL that the security archive has. */
  offer(version: string): void {
    this.put(`${LISTS}main_binary-amd64_Packages`, `Package: openssl\nVersion: ${version}\nArchitecture: amd64\n`);
  }

  /** A certificate that ends after that many days, also before it began. */
  certify(name: string, days: number): void {
    const [key, file] = [this.#stack.path('key.pem'), this.#stack.path(`certificates/${name}.crt`)];
    const openssl = (...args: readonly string[]): unknown => execFileSync('openssl', args, { stdio: 'pipe' });
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=x', '-keyout', key, '-out', file);
    openssl('x509', '-in', file, '-signkey', key, '-days', `${days}`, '-out', file);
  }
}
