import { MODULE_NAMES } from '../../scripts/modules/index.ts';
import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AlertSight } from '../../scripts/doctor/blind.ts';
import type { Diagnosis } from '../../scripts/doctor/diagnosis.ts';
import { reportCanFire } from '../support/can-fire-report.ts';
import { E2eStack, eventually, sh } from '../support/e2e-stack.ts';
import { diagnosisCommands } from '../support/runbook-commands.ts';
import { startFleet, troubleFleet, watchFleet } from '../support/fleet.ts';

const PROJECT = 'pharos-fleet';
const noEngine = process.env['PHAROS_NO_ENGINE'];
/** Longer than the hold of all but the slowest warnings. */
const QUIET_SECONDS = 600;
let stack: E2eStack;
interface Labels {
  readonly alertname: string;
  /** The container's, where an alert is about one. */
  readonly name?: string;
}
/** Alerts on services whose image may not be to be had; `up` names those that it leaves out. */
const OF_SERVICES: Readonly<Record<string, string>> = { CadvisorDown: 'cadvisor', GrafanaDown: 'grafana' };

const doctor = async (): Promise<Diagnosis> => JSON.parse((await stack.run('doctor', '--json')).stdout) as Diagnosis;

/** Runs a command that has to work, and shows what it said where it does not. */
async function well(command: string): Promise<void> {
  const { code, stdout, stderr } = await stack.run(command, '--yes');
  expect(code, stdout + stderr).toBe(0);
}

beforeEach((context) => {
  if (noEngine !== undefined) context.skip(noEngine);
});
beforeAll(async () => {
  if (noEngine !== undefined) return;
  stack = await E2eStack.create(PROJECT);
  await startFleet(PROJECT);
  watchFleet(stack, PROJECT);
});
afterAll(async () => {
  if (noEngine !== undefined) return;
  await stack.run('demo', '--stop');
  await stack.destroy();
});

describe('a healthy stack that watches one of everything', () => {
  it('fires nothing but the Watchdog for ten minutes', { timeout: 1_200_000 }, async () => {
    // A host that waits for updates, or whose ports change, is not healthy in the eyes of the module security; that is not this test's doing.
    stack.set({ MODULES: MODULE_NAMES.filter((name) => name !== 'security').join(',') });
    await well('up');
    // The example application under its gentle load, with the metrics that the rules for applications are about.
    await well('demo');
    await sleep(QUIET_SECONDS * 1000);
    // Since Prometheus runs: the start must not wake anybody either.
    const fired = 'last_over_time(ALERTS{alertstate="firing"}[1h])';
    const { data } = await stack.json<{ data: { result: { metric: Labels }[] } }>(
      'PROMETHEUS_PORT',
      `/api/v1/query?query=${encodeURIComponent(fired)}`,
    );
    const { bavail, blocks } = await statfs('/');
    const mayFire = ['Watchdog', ...(bavail / blocks < 0.2 ? ['HighDiskUsage'] : [])];
    // The module containers watches the whole engine: a container of somebody else's may be as ill as it likes.
    const foreign = ({ alertname, name = PROJECT }: Labels): boolean => alertname.includes('Container') && !name.startsWith(PROJECT);
    const unexpected = (labels: Labels): boolean => !mayFire.includes(labels.alertname) && !foreign(labels);
    const firing = data.result.map(({ metric }) => metric);
    expect(firing).toContainEqual(expect.objectContaining({ alertname: 'Watchdog' }));
    expect(firing.filter(unexpected)).toEqual([]);
    const { alerts } = await stack.json<{ alerts: { labels: Labels }[] }>('HISTORY_PORT', '/api/v1/alerts');
    expect(alerts.map(({ labels }) => labels).filter(unexpected)).toEqual([]);
  });

  it('has series for every alert', async () => {
    stack.set({ MODULES: MODULE_NAMES.join(',') });
    await well('up');
    // Its metric is there only while it runs.
    const [test] = await Promise.all([stack.run('test-alert'), troubleFleet(stack, PROJECT)]);
    const services = await stack.services();
    const absent = new Set(Object.entries(OF_SERVICES).flatMap(([alert, service]) => (services.includes(service) ? [] : [alert])));
    expect(test.code, test.stdout + test.stderr).toBe(0);
    let blind: readonly string[] = [];
    let alerts: readonly AlertSight[] = [];
    // Rates need two scrapes, and some figures come once a minute.
    await eventually('every alert can fire', 150, async () => {
      alerts = (await doctor()).alerts;
      blind = alerts.flatMap(({ alert, blind: reason }) => (reason === undefined ? [] : [`${alert}: ${reason.why}`]));
      blind = blind.filter((line) => !absent.has(line.split(':')[0] ?? ''));
      return blind.length === 0;
    })
      .catch(() => expect(blind).toEqual([]))
      .finally(() => reportCanFire([...alerts, { alert: 'TestAlert', severity: 'info', blind: undefined }], absent));
  });

  it('opens the runbook of every alert', async () => {
    interface Rule {
      readonly name: string;
      readonly annotations: Readonly<Record<string, string>>;
    }
    const { data } = await stack.json<{ data: { groups: { rules: Rule[] }[] } }>('PROMETHEUS_PORT', '/api/v1/rules?type=alert');
    const rules = data.groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(100);
    for (const { name, annotations } of rules) {
      const page = await fetch(annotations['runbook_url'] ?? '');
      expect(page.status, name).toBe(200);
      expect(await page.text(), name).toContain(`<h1>${name}`);
    }
  });

  it('runs every command of the runbooks that speaks to it', async () => {
    const container = (name: string): string => `${PROJECT}-shop-${name}`;
    const fill = {
      POSTGRES_CONTAINER: container('db'),
      STANDBY_CONTAINER: container('standby'),
      REDIS_CONTAINER: container('cache'),
      REPLICA_CONTAINER: container('replica'),
      NAME: `${PROJECT}-demo-demo-backend-1`,
      DATABASE: 'postgres',
      TABLE: 'products',
      QUEUE: 'parsing',
      NUMBER: '1',
      TARGET: 'shop-cache:6379',
      'SELECT …': 'SELECT 1',
    };
    const commands = await diagnosisCommands(fill, await stack.services());
    const scripts = [...new Map(commands.map((command) => [command.script, command])).values()];
    expect(scripts.length).toBeGreaterThan(200);
    const failed: string[] = [];
    const next = async (): Promise<void> => {
      for (let command = scripts.pop(); command !== undefined; command = scripts.pop()) {
        const { code, stdout, stderr } = await sh(['bash', '-c', command.script], { cwd: stack.folder, timeout: 60_000 });
        if (code !== 0) failed.push(`${command.page}: ${command.script}\n    ${code} ${(stderr || stdout).slice(0, 300)}`);
      }
    };
    // The client mostly waits for the engine.
    await Promise.all(Array.from({ length: 4 }, next));
    expect(failed).toEqual([]);
  });
});
