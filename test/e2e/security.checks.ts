import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import type { Sample } from '../../scripts/clients/prometheus.ts';
import type { Diagnosis } from '../../scripts/doctor/diagnosis.ts';
import { eventually, sh, type E2eStack } from '../support/e2e-stack.ts';
import { AUTH_LOG, GUESS, type SampleHost } from '../support/sample-host.ts';

/** Far more than two scrapes and a look of the collector take, also on a busy machine. */
const SEEN_SECONDS = 120;
const BROKEN_LIST = '/var/lib/apt/lists/mirror_dists_trixie_main_binary-amd64_Packages.lz4';
const ALL_COLLECTORS = 5;

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets: readonly { readonly refId: string }[];
}

/** What the module security shows of a host, in a stack that has it and looks at a `SampleHost`. */
export function securityChecks(stack: () => E2eStack, host: () => SampleHost): void {
  const collector = (): string => `${stack().project}-security-collector-1`;
  const gone = (): string => stack().path('gone');
  const query = async (expr: string): Promise<readonly Sample[]> => stack().prometheus.query(expr);
  const isTrue = async (expr: string): Promise<boolean> => (await query(expr)).length > 0;
  const failures = (count: number): string => `security_ssh_failed_logins_total{reason="password"} == ${count}`;
  const becomesTrue = async (expr: string, count?: number): Promise<void> =>
    eventually(expr, SEEN_SECONDS, async () => {
      const { length } = await query(expr);
      return count === undefined ? length > 0 : length === count;
    });
  /** The conditions of the module's alerts that Prometheus has loaded. */
  const conditions = async (): Promise<ReadonlyMap<string, string>> => {
    const { data } = await stack().json<{ data: { groups: { name: string; rules: { name: string; query: string }[] }[] } }>(
      'PROMETHEUS_PORT',
      '/api/v1/rules?type=alert',
    );
    const groups = data.groups.filter(({ name }) => name.startsWith('security-'));
    return new Map(groups.flatMap(({ rules }) => rules).map(({ name, query: condition }) => [name, condition]));
  };
  const condition = async (alert: string): Promise<string> => {
    const found = (await conditions()).get(alert);
    if (found === undefined) throw new Error(`Prometheus has no alert ${alert}`);
    return found;
  };
  const states = async (): Promise<readonly string[]> =>
    (await query('security_source_state{state!="ok"}')).map(({ labels }) => `${labels['source']} ${labels['state']}`).sort();
  const logs = async (): Promise<string> => {
    const { stdout, stderr } = await sh(['docker', 'logs', collector()]);
    return stdout + stderr;
  };
  const restarts = async (): Promise<string> =>
    (await sh(['docker', 'inspect', '-f', '{{.State.Running}} {{.RestartCount}}', collector()])).stdout.trim();

  describe('the module security', () => {
    let listener: Server | undefined;
    afterAll(() => void listener?.close());

    it('shows what was found on the host, under the host’s labels', async () => {
      await becomesTrue('security_collector_success == 1', ALL_COLLECTORS);
      const [first] = await query('security_collector_success{collector="auth"}');
      const [node] = await query('node_uname_info');
      expect([first?.labels['job'], first?.labels['instance']]).toEqual([node?.labels['job'], node?.labels['instance']]);
      // The folder that does not exist is named, and the start does not fail for it.
      expect(await states()).toEqual([`${gone()} absent`]);
      expect(await logs()).toContain(gone());
    });

    it('fires about a certificate that has ended, and one that will soon, and about nothing that is well', async () => {
      const paths = async (alert: string) => (await query(await condition(alert))).map(({ labels }) => labels['path']);
      expect(await paths('CertificateFileExpired')).toEqual([stack().path('certificates/old.crt')]);
      expect(await paths('CertificateFileExpiresSoon')).toEqual([stack().path('certificates/soon.crt')]);
      const quiet = ['FailedSSHLogins', 'RootLogin', 'SudoFailures', 'SecretReadable', 'SecurityUpdatesPending'];
      for (const alert of [...quiet, 'MetricFilesWritable', 'SecurityCollectorStale', 'SecurityMetricsMissing'])
        expect(await query(await condition(alert)), alert).toEqual([]);
      // What stood in the log before the first look is not counted.
      expect(await query('security_ssh_failed_logins_total > 0')).toEqual([]);
    });

    it('sees guesses, a root login, refusals of sudo, a new port, an update, and an open secret within seconds', async () => {
      const refusal = 'sudo:      eve : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh';
      host().log(...Array.from({ length: 400 }, () => GUESS));
      host().log('sshd-session[11]: Accepted publickey for root from 192.0.2.9 port 51234 ssh2: ED25519 SHA256:abc');
      host().log(refusal, refusal, refusal);
      const port = await new Promise<number>((resolve) => {
        const server = createServer().listen(0, '0.0.0.0', () => resolve((server.address() as { port: number }).port));
        listener = server;
      });
      host().offer('3.5.1-1+deb13u1');
      chmodSync(stack().path('.env'), 0o644);
      chmodSync(stack().path('exporters/node/textfile'), 0o777);
      // This machine's other ports are not the test's doing.
      const newPort = await condition('NewListeningPort');
      await eventually('the port', SEEN_SECONDS, async () => (await query(newPort)).some(({ labels }) => labels['port'] === `${port}`));
      const expected = ['SSHBruteForce', 'FailedSSHLogins', 'RootLogin', 'SudoFailures', 'SecretReadable'];
      for (const alert of [...expected, 'MetricFilesWritable', 'SecurityUpdatesPending']) await becomesTrue(await condition(alert));
      expect(await stack().value('security_ssh_failed_logins_total{reason="password"}')).toBe(400);
      expect(await stack().value('security_ssh_failed_login_sources')).toBe(1);
      expect(await stack().value('security_sudo_failures_total{reason="wrong_password"}')).toBe(9);
      expect(await isTrue(`security_listening_port_since_timestamp_seconds{port="${port}", scope="network"} > 0`)).toBe(true);
      expect((await query(await condition('SecretReadable'))).map(({ labels }) => labels['path'])).toEqual(['.env']);
      // The one without a hold time goes its way; the others wait for theirs.
      await becomesTrue('ALERTS{alertname="RootLogin", alertstate="firing"}');
      await becomesTrue('ALERTS{alertname="SecretReadable"}');
    });

    it('can fire every alert, as doctor sees it', async () => {
      const { alerts } = JSON.parse((await stack().run('doctor', '--json')).stdout) as Diagnosis;
      const ours = [...(await conditions()).keys()];
      expect(ours).toHaveLength(16);
      const blind = alerts.filter(({ alert, blind: reason }) => ours.includes(alert) && reason !== undefined).map(({ alert }) => alert);
      expect(blind).toEqual([]);
    });

    it('has a dashboard of which Grafana fills every panel', async (context) => {
      if (!(await stack().services()).includes('grafana')) context.skip('the image of Grafana is not available here');
      const { panels } = JSON.parse(stack().read('grafana/dashboards/security.json')) as { panels: readonly Panel[] };
      const queries = panels
        .filter(({ type }) => type !== 'row')
        .flatMap(({ title, targets }) => targets.map((target) => ({ title, target })));
      let empty: readonly string[] = ['nothing was asked'];
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
      chmodSync(stack().path('.env'), 0o600);
      chmodSync(stack().path('exporters/node/textfile'), 0o755);
      const open = await condition('SecretReadable');
      await eventually('it is closed again', SEEN_SECONDS, async () => !(await isTrue(open)));
    });

    it('names a log that it may not read and lists of packages that make no sense, runs on, and counts what it missed', async () => {
      const before = await restarts();
      host().closeLog();
      host().put(BROKEN_LIST, 'not packed at all');
      host().log(GUESS);
      await eventually('the unreadable log', SEEN_SECONDS, async () => (await states()).includes(`${AUTH_LOG} unreadable`));
      await becomesTrue('security_collector_success{collector="packages"} == 0', 1);
      expect(await isTrue(await condition('SecuritySourceUnreadable'))).toBe(true);
      const words = await logs();
      expect(words).toContain('unreadable');
      // Once and not every second.
      expect(words.split('not an LZ4 frame').length).toBe(2);
      expect(await query('security_collector_success == 1')).toHaveLength(ALL_COLLECTORS - 1);
      rmSync(host().path(BROKEN_LIST));
      // Turned over while no one could read it.
      host().openLog();
      host().rotateLog();
      host().log(GUESS);
      await becomesTrue(failures(402), 1);
      await becomesTrue('security_collector_success == 1', ALL_COLLECTORS);
      expect(await states()).toEqual([`${gone()} absent`]);
      expect([before, await restarts()]).toEqual(['true 0', 'true 0']);
    });

    it('shows that it is stale where the collector is stopped, and goes on counting where it was when it comes back', async () => {
      await sh(['docker', 'stop', collector()]);
      host().log(GUESS);
      const stale = await condition('SecurityCollectorStale');
      expect(stale).toContain('> 900');
      // The same condition for a wait that a test has.
      await becomesTrue(stale.replace('> 900', '> 20'), ALL_COLLECTORS);
      expect(await query(stale)).toEqual([]);
      await sh(['docker', 'start', collector()]);
      await eventually('it is back', SEEN_SECONDS, async () => !(await isTrue(stale.replace('> 900', '> 20'))));
      await becomesTrue(failures(403), 1);
      expect(await isTrue('security_listening_port_since_timestamp_seconds{scope="network"} > 0')).toBe(true);
    });
  });

  /** Whether Grafana, asked as its own pages ask it, has data for a query of a panel. */
  async function grafanaHas(target: { readonly refId: string }): Promise<boolean> {
    const password = /^GRAFANA_ADMIN_PASSWORD=(.*)$/m.exec(stack().read('.env'))?.[1] ?? '';
    const answer = await fetch(stack().url('GRAFANA_PORT', '/api/ds/query'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`admin:${password}`)}` },
      body: JSON.stringify({ from: 'now-5m', to: 'now', queries: [{ ...target, intervalMs: 15_000, maxDataPoints: 100 }] }),
    });
    expect(answer.status).toBe(200);
    const { results } = (await answer.json()) as { results: Record<string, { frames: { data: { values: unknown[][] } }[] }> };
    return (results[target.refId]?.frames ?? []).some(({ data }) => (data.values[0]?.length ?? 0) > 0);
  }
}
