import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { release } from 'node:os';
import { dirname } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../scripts/doctor/diagnosis.ts';
import { E2eStack, eventually, sh } from '../support/e2e-stack.ts';

const NAME = 'pharos-sec';
const COLLECTOR = `${NAME}-security-collector-1`;
const noEngine = process.env['PHAROS_NO_ENGINE'];
const LONG_MS = 300_000;
/** The group that may read logs. */
const ADM = 4;
/** Two scrapes, a look of the collector, and what a busy machine takes. */
const SEEN_SECONDS = 45;

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}
let stack: E2eStack;
let listener: Server | undefined;

const query = async (expression: string): Promise<readonly Series[]> =>
  (await stack.json<{ data: { result: Series[] } }>('PROMETHEUS_PORT', `/api/v1/query?query=${encodeURIComponent(expression)}`)).data
    .result;
/** The conditions of the module's alerts that Prometheus has loaded. */
const conditions = async (): Promise<ReadonlyMap<string, string>> => {
  const { data } = await stack.json<{ data: { groups: { name: string; rules: { name: string; query: string }[] }[] } }>(
    'PROMETHEUS_PORT',
    '/api/v1/rules?type=alert',
  );
  const groups = data.groups.filter(({ name }) => name.startsWith('security-'));
  return new Map(groups.flatMap(({ rules }) => rules).map(({ name, query: condition }) => [name, condition]));
};
interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets: readonly { readonly refId: string }[];
}
/** Whether Grafana, asked as its own pages ask it, has data for a query of a panel. */
const grafanaHas = async (target: { readonly refId: string }): Promise<boolean> => {
  const password = /^GRAFANA_ADMIN_PASSWORD=(.*)$/m.exec(stack.read('.env'))?.[1] ?? '';
  const answer = await fetch(stack.url('GRAFANA_PORT', '/api/ds/query'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`admin:${password}`)}` },
    body: JSON.stringify({ from: 'now-5m', to: 'now', queries: [{ ...target, intervalMs: 15_000, maxDataPoints: 100 }] }),
  });
  expect(answer.status).toBe(200);
  const { results } = (await answer.json()) as { results: Record<string, { frames: { data: { values: unknown[][] } }[] }> };
  return (results[target.refId]?.frames ?? []).some(({ data }) => (data.values[0]?.length ?? 0) > 0);
};
const isTrue = async (expression: string): Promise<boolean> => (await query(expression)).length > 0;
const states = async (): Promise<readonly string[]> =>
  (await query('security_source_state{state!="ok"}')).map(({ metric }) => `${metric['source']} ${metric['state']}`).sort();
const said = async (): Promise<string> => {
  const { stdout, stderr } = await sh(['docker', 'logs', COLLECTOR]);
  return stdout + stderr;
};
const restarts = async (): Promise<string> =>
  (await sh(['docker', 'inspect', '-f', '{{.State.Running}} {{.RestartCount}}', COLLECTOR])).stdout.trim();

/** A file of the folder that the collector takes for the host's. */
const put = (path: string, text: string, mode = 0o644): void => {
  mkdirSync(dirname(stack.path(`host${path}`)), { recursive: true });
  writeFileSync(stack.path(`host${path}`), text);
  chmodSync(stack.path(`host${path}`), mode);
};
const AUTH = '/var/log/auth.log';
const log = (...lines: readonly string[]): void =>
  appendFileSync(stack.path(`host${AUTH}`), lines.map((line) => `2026-11-21T06:25:01.123456+00:00 web-1 ${line}\n`).join(''));
const openLog = (): void => {
  writeFileSync(stack.path(`host${AUTH}`), '', { flag: 'a' });
  chmodSync(stack.path(`host${AUTH}`), 0o640);
  chownSync(stack.path(`host${AUTH}`), 0, ADM);
};
const GUESS = 'sshd-session[10]: Failed password for root from 192.0.2.7 port 51234 ssh2';
const LISTS = '/var/lib/apt/lists/security.debian.org_debian-security_dists_trixie-security_';
const offer = (version: string): void =>
  put(`${LISTS}main_binary-amd64_Packages`, `Package: openssl\nVersion: ${version}\nArchitecture: amd64\n`);

/** A certificate that ends after that many days, also before it began. */
const certify = (name: string, days: number): void => {
  const [key, file] = [stack.path('key.pem'), stack.path(`certificates/${name}.crt`)];
  const openssl = (...args: readonly string[]): unknown => execFileSync('openssl', args, { stdio: 'pipe' });
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=x', '-keyout', key, '-out', file);
  openssl('x509', '-in', file, '-signkey', key, '-days', `${days}`, '-out', file);
};

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});

beforeAll(async () => {
  if (noEngine !== undefined) return;
  stack = await E2eStack.create(NAME);
  // As git makes a checkout: others may look at what is in it.
  chmodSync(stack.folder, 0o755);
  // Logs and packages of the test's own instead of this machine's, and a look each second.
  const compose = stack.read('exporters/security/compose.yml');
  stack.write(
    'exporters/security/compose.yml',
    compose.replace(/source: (\/var\/(?:log|lib\/\w+))/g, 'source: ./host$1').replace("INTERVAL_SECONDS: '15'", "INTERVAL_SECONDS: '1'"),
  );
  put(AUTH, '');
  openLog();
  log(GUESS);
  const installed = (name: string, version: string): string =>
    `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`;
  put('/var/lib/dpkg/status', `${installed('openssl', '3.5.1-1')}\n${installed(`linux-image-${release()}`, '1')}`);
  put(`${LISTS}InRelease`, 'Label: Debian-Security\nSuite: stable-security\n');
  offer('3.5.1-1');
  mkdirSync(stack.path('certificates'), { mode: 0o755 });
  certify('shop', 90);
  certify('soon', 5);
  certify('old', -1);
  stack.set({ MODULES: 'node,security', SECURITY_CERTIFICATES: `${stack.path('certificates')},${stack.path('gone')}` });
}, LONG_MS);

afterAll(async () => {
  listener?.close();
  if (noEngine === undefined) await stack.destroy();
});

describe('a stack with the module security', () => {
  it(
    'starts, and shows in Prometheus what was found on the host, under the host’s labels',
    async () => {
      const { code, stderr } = await stack.run('up', '--yes');
      expect(code, stderr).toBe(0);
      await eventually('every collector', SEEN_SECONDS, async () => (await query('security_collector_success == 1')).length === 5);
      const [first] = await query('security_collector_success{collector="auth"}');
      const [host] = await query('node_uname_info');
      expect([first?.metric['job'], first?.metric['instance']]).toEqual([host?.metric['job'], host?.metric['instance']]);
      // The folder that is not there is told of, and the start does not fail for it.
      expect(await states()).toEqual([`${stack.path('gone')} absent`]);
      expect(await said()).toContain(stack.path('gone'));
    },
    LONG_MS,
  );

  it('fires about a certificate that has ended, and one that will soon, and about nothing that is well', async () => {
    const all = await conditions();
    const condition = (alert: string): string => all.get(alert) ?? `absent_rule_${alert}`;
    const paths = async (alert: string) => (await query(condition(alert))).map(({ metric }) => metric['path']);
    expect(await paths('CertificateFileExpired')).toEqual([stack.path('certificates/old.crt')]);
    expect(await paths('CertificateFileExpiresSoon')).toEqual([stack.path('certificates/soon.crt')]);
    const quiet = ['FailedSSHLogins', 'RootLogin', 'SudoFailures', 'SecretReadable', 'SecurityUpdatesPending'];
    for (const alert of [...quiet, 'MetricFilesWritable', 'SecurityCollectorStale', 'SecurityMetricsMissing']) {
      expect(all.get(alert), alert).toBeDefined();
      expect(await query(condition(alert)), alert).toEqual([]);
    }
    // What stood in the log before the first look is not told.
    expect(await query('security_ssh_failed_logins_total > 0')).toEqual([]);
  });

  it(
    'sees guesses, a root login, refusals of sudo, a new port, an update, and an open secret within seconds',
    async () => {
      log(...Array.from({ length: 400 }, () => GUESS));
      log('sshd-session[11]: Accepted publickey for root from 192.0.2.9 port 51234 ssh2: ED25519 SHA256:abc');
      log(
        ...Array.from(
          { length: 3 },
          () => 'sudo:      eve : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
        ),
      );
      const port = await new Promise<number>((resolve) => {
        const server = createServer().listen(0, '0.0.0.0', () => resolve((server.address() as { port: number }).port));
        listener = server;
      });
      offer('3.5.1-1+deb13u1');
      chmodSync(stack.path('.env'), 0o644);
      chmodSync(stack.path('exporters/node/textfile'), 0o777);
      const all = await conditions();
      const expected = ['SSHBruteForce', 'FailedSSHLogins', 'RootLogin', 'SudoFailures', 'SecretReadable'];
      // This machine's other ports are not the test's doing.
      await eventually('the port', SEEN_SECONDS, async () =>
        (await query(all.get('NewListeningPort') ?? '')).some(({ metric }) => metric['port'] === `${port}`),
      );
      for (const alert of [...expected, 'MetricFilesWritable', 'SecurityUpdatesPending'])
        await eventually(alert, SEEN_SECONDS, async () => isTrue(all.get(alert) ?? ''));
      const value = async (expression: string): Promise<string | undefined> => (await query(expression))[0]?.value[1];
      expect(await value('security_ssh_failed_logins_total{reason="password"}')).toBe('400');
      expect(await value('security_ssh_failed_login_sources')).toBe('1');
      expect(await value('security_sudo_failures_total{reason="wrong_password"}')).toBe('9');
      expect(Number(await value(`security_listening_port_since_timestamp_seconds{port="${port}", scope="network"}`))).toBeGreaterThan(0);
      expect((await query(all.get('SecretReadable') ?? '')).map(({ metric }) => metric['path'])).toEqual(['.env']);
      // The one without a hold time goes its way; the others wait for theirs.
      await eventually('the alert fires', SEEN_SECONDS, async () => isTrue('ALERTS{alertname="SSHBruteForce", alertstate="firing"}'));
      await eventually('the alert waits', SEEN_SECONDS, async () => isTrue('ALERTS{alertname="SecretReadable"}'));
    },
    LONG_MS,
  );

  it(
    'can fire every alert, as doctor sees it',
    async () => {
      const { alerts } = JSON.parse((await stack.run('doctor', '--json')).stdout) as Diagnosis;
      const ours = [...(await conditions()).keys()];
      expect(ours).toHaveLength(15);
      const blind = alerts.filter(({ alert, blind: reason }) => ours.includes(alert) && reason !== undefined).map(({ alert }) => alert);
      expect(blind).toEqual([]);
    },
    LONG_MS,
  );

  it('has a dashboard of which Grafana fills every panel', async (context) => {
    if (!(await stack.services()).includes('grafana')) context.skip('the image of Grafana cannot be had here');
    const { panels } = JSON.parse(stack.read('grafana/dashboards/security.json')) as { panels: readonly Panel[] };
    const queries = panels
      .filter(({ type }) => type !== 'row')
      .flatMap(({ title, targets }) => targets.map((target) => ({ title, target })));
    let empty: readonly string[] = ['nothing was asked'];
    // The growth of a counter takes two scrapes.
    await eventually('every panel is filled', SEEN_SECONDS, async () => {
      const answers = await Promise.all(
        queries.map(async ({ title, target }) => ((await grafanaHas(target)) ? [] : [`${title} ${target.refId}`])),
      );
      empty = answers.flat();
      return empty.length === 0;
    }).catch(() => undefined);
    expect(empty).toEqual([]);
  });

  it('takes the secret that is closed for closed', async () => {
    chmodSync(stack.path('.env'), 0o600);
    chmodSync(stack.path('exporters/node/textfile'), 0o755);
    const open = (await conditions()).get('SecretReadable') ?? '';
    await eventually('it is closed again', SEEN_SECONDS, async () => !(await isTrue(open)));
  });

  it(
    'tells of a log that it may not read and of lists of packages that make no sense, runs on, and counts what it missed',
    async () => {
      const before = await restarts();
      chmodSync(stack.path(`host${AUTH}`), 0o600);
      chownSync(stack.path(`host${AUTH}`), 0, 0);
      put('/var/lib/apt/lists/mirror_dists_trixie_main_binary-amd64_Packages.lz4', 'not packed at all');
      log(GUESS);
      await eventually('the unreadable log', SEEN_SECONDS, async () => (await states()).includes(`${AUTH} unreadable`));
      await eventually(
        'the failing part',
        SEEN_SECONDS,
        async () => (await query('security_collector_success{collector="packages"} == 0')).length === 1,
      );
      expect(await isTrue((await conditions()).get('SecuritySourceUnreadable') ?? '')).toBe(true);
      const words = await said();
      expect(words).toContain('unreadable');
      expect(words).toContain('not an LZ4 frame');
      // Once and not every second.
      expect(words.split('not an LZ4 frame').length).toBe(2);
      expect(await query('security_collector_success == 1')).toHaveLength(4);
      rmSync(stack.path('host/var/lib/apt/lists/mirror_dists_trixie_main_binary-amd64_Packages.lz4'));
      // Turned over while nobody could read it.
      openLog();
      renameSync(stack.path(`host${AUTH}`), stack.path(`host${AUTH}.1`));
      openLog();
      log(GUESS);
      await eventually(
        'the missed lines',
        SEEN_SECONDS,
        async () => (await query('security_ssh_failed_logins_total{reason="password"} == 402')).length === 1,
      );
      await eventually('all is well', SEEN_SECONDS, async () => (await query('security_collector_success == 1')).length === 5);
      expect(await states()).toEqual([`${stack.path('gone')} absent`]);
      expect(await restarts()).toBe(before);
      expect(before).toBe('true 0');
    },
    LONG_MS,
  );

  it(
    'shows that it is stale where the collector is stopped, and goes on counting where it was when it comes back',
    async () => {
      await sh(['docker', 'stop', COLLECTOR]);
      log(GUESS);
      const stale = (await conditions()).get('SecurityCollectorStale') ?? '';
      expect(stale).toContain('> 900');
      // The same condition for a wait that a test has.
      await eventually('the age of every part', 90, async () => (await query(stale.replace('> 900', '> 20'))).length === 5);
      expect(await query(stale)).toEqual([]);
      expect((await stack.run('up', '--yes')).code).toBe(0);
      await eventually('it is back', SEEN_SECONDS, async () => !(await isTrue(stale.replace('> 900', '> 20'))));
      await eventually(
        'the line of meanwhile',
        SEEN_SECONDS,
        async () => (await query('security_ssh_failed_logins_total{reason="password"} == 403')).length === 1,
      );
      expect(await query('security_listening_port_since_timestamp_seconds{scope="network"} > 0')).not.toEqual([]);
    },
    LONG_MS,
  );
});
