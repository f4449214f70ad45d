import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppwriteServer } from '../support/appwrite.ts';
import { sh } from '../support/e2e-stack.ts';
import { bridgeAddress, describeWithEngine } from '../support/engine.ts';
import { HistoryContainer } from '../support/history.ts';

const appwrite = new AppwriteServer();
let history: HistoryContainer;

beforeAll(async () => {
  history = await HistoryContainer.prepare('pharos-test-history-appwrite');
  await appwrite.start(await bridgeAddress());
  writeFileSync(join(history.folder, 'secrets/appwrite_api_key'), `${appwrite.key}\n`, { mode: 0o644 });
  await history.start({ HISTORY_STORE: 'appwrite', APPWRITE_ENDPOINT: appwrite.endpoint, APPWRITE_PROJECT_ID: appwrite.projectId });
});

afterAll(async () => {
  await appwrite.stop();
  await history.destroy();
});

const alert = (fingerprint: string, severity = 'critical'): object => ({
  ...{ status: 'firing', fingerprint, startsAt: new Date(Date.now() - 60_000).toISOString(), endsAt: '0001-01-01T00:00:00Z' },
  ...{ labels: { alertname: 'DiskFull', severity, instance: 'web-1' }, annotations: { summary: 'S' }, generatorURL: 'http://p' },
});

describeWithEngine('the history with its alerts in Appwrite', () => {
  it('shows them on the same pages, and takes acknowledgements', async () => {
    expect((await history.notify([alert('a1'), alert('a2', 'warning')])).status).toBe(200);
    expect(appwrite.rows.size).toBe(2);
    const { total, alerts } = await history.list('severity=critical');
    expect(total).toBe(1);
    const id = alerts[0]?.id ?? '';
    expect(await history.text('/?severity=critical')).toContain(`href="/alerts/${id}"`);
    expect(
      (await fetch(`${history.base}/alerts/${id}/acknowledge`, { method: 'POST', body: new URLSearchParams({ by: 'Anna' }) })).status,
    ).toBe(200);
    expect(await history.text(`/alerts/${id}`)).toContain('by Anna');
    expect((await history.text('/api/v1/alerts.csv')).split('\r\n')).toHaveLength(4);
    expect(await history.json('/api/v1/noise')).toMatchObject({ alerts: [{ alertname: 'DiskFull', total: 2, acknowledged: 1 }] });
    expect(await history.metric('pharos_history_alerts{status="firing",severity="critical"}')).toContain(' 1');
  });

  it.each([429, 500, 503, 0])('refuses what Appwrite does not take with %i, so that Alertmanager sends it again', async (failure) => {
    const fingerprint = `f${failure}`;
    appwrite.failures.push(failure);
    expect((await history.notify([alert(fingerprint)])).status).toBe(500);
    expect((await history.list(`fingerprint=${fingerprint}`)).total).toBe(0);
    expect((await history.notify([alert(fingerprint)])).status).toBe(200);
    expect((await history.list(`fingerprint=${fingerprint}`)).total).toBe(1);
    expect(await history.logs()).not.toContain(appwrite.key);
  });

  it('says what is missing', async () => {
    const env = ['-e', 'HISTORY_STORE=appwrite', '-e', 'APPWRITE_ENDPOINT=x'];
    const run = ['docker', 'run', '--rm', '--name', `${history.name}-2`, ...env, '-v', `${history.folder}/app:/app:ro`];
    const { code, stdout } = await sh([...run, '--entrypoint', 'node', history.image, '/app/server.mjs']);
    expect(code).toBe(2);
    expect(stdout).toContain('APPWRITE_ENDPOINT is');
    expect(stdout).toContain('APPWRITE_PROJECT_ID is empty');
  });
});
