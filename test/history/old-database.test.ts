import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, sh } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { HistoryContainer } from '../support/history.ts';

const ago = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
let history: HistoryContainer;

/** A database of the release before versions were numbered, with one firing and one ended alert, made by SQLite itself. */
const OLD_DATABASE = `
  const { DatabaseSync } = await import('node:sqlite');
  const db = new DatabaseSync('/data/history.db');
  db.exec(\`PRAGMA journal_mode = WAL; CREATE TABLE alerts (
    id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, startsAt TEXT NOT NULL, status TEXT NOT NULL, endsAt TEXT,
    alertname TEXT NOT NULL, instance TEXT NOT NULL, severity TEXT NOT NULL, category TEXT NOT NULL, service TEXT NOT NULL,
    summary TEXT NOT NULL, description TEXT NOT NULL, impact TEXT NOT NULL, runbook TEXT NOT NULL,
    generatorUrl TEXT NOT NULL, groupKey TEXT NOT NULL, externalUrl TEXT NOT NULL, receivers TEXT NOT NULL,
    labels TEXT NOT NULL, annotations TEXT NOT NULL, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL,
    UNIQUE (fingerprint, startsAt)) STRICT;
    CREATE INDEX alerts_by_start ON alerts (startsAt DESC);
    CREATE INDEX alerts_by_status ON alerts (status, severity, startsAt DESC);\`);
  const insert = db.prepare("INSERT INTO alerts VALUES (?, ?, ?, ?, ?, 'Old', 'i', 'critical', 'stack', 's', 'S', 'D', 'I', 'R', 'http://g', 'k', 'http://e', '[\\"history\\"]', '{\\"alertname\\":\\"Old\\"}', '{\\"summary\\":\\"S\\"}', ?3, ?3)");
  for (const [id, print, status, end] of [[1, 'aa', 'firing', null], [7, 'bb', 'resolved', '${ago(1)}']])
    insert.run(id, print, '${ago(2)}', status, end);
  db.prepare("UPDATE alerts SET createdAt = ?, updatedAt = ?").run('${ago(2)}', '${ago(2)}');
  db.close();
`;

async function runNode(script: string): Promise<void> {
  writeFileSync(join(history.folder, 'app/script.mjs'), script);
  const mounts = ['-v', `${history.folder}/app:/app:ro`, '-v', `${history.folder}/data:/data`, '--user', '65534:65534'];
  const ended = await sh([
    'docker',
    'run',
    '--rm',
    '--name',
    `${history.name}-2`,
    ...mounts,
    '--entrypoint',
    'node',
    history.image,
    '/app/script.mjs',
  ]);
  if (ended.code !== 0) throw new Error(ended.stderr);
}

beforeAll(async () => {
  history = await HistoryContainer.prepare('pharos-test-history-old');
  await runNode(OLD_DATABASE);
  copyFileSync(join(history.folder, 'data/history.db'), join(history.folder, 'old.db'));
  await history.start();
});

afterAll(async () => {
  await history.destroy();
});

describeWithEngine('a database of an older release', () => {
  it('is taken over with everything in it', async () => {
    const { total, alerts } = await history.list('alertname=Old');
    expect(total).toBe(2);
    expect(alerts.find(({ fingerprint }) => fingerprint === 'aa')).toMatchObject({
      ...{ id: '1', status: 'firing', externalURL: 'http://e', generatorURL: 'http://g', acknowledgedAt: null, acknowledgedBy: null },
      raw: { status: 'firing', labels: { alertname: 'Old' }, annotations: { summary: 'S' }, fingerprint: 'aa' },
    });
    expect(alerts.find(({ fingerprint }) => fingerprint === 'bb')).toMatchObject({ id: '7', secondsToResolve: 86_400 });
  });

  it('goes on where it stood: the end of an alert that it held as firing', async () => {
    const { alerts } = await history.list('fingerprint=aa');
    const labels = { alertname: 'Old', severity: 'critical' };
    const times = { startsAt: alerts[0]?.['startsAt'], endsAt: ago(1) };
    await history.notify([{ status: 'resolved', fingerprint: 'aa', ...times, labels, annotations: { summary: 'S' }, generatorURL: '' }]);
    expect(await history.list('fingerprint=aa')).toMatchObject({ total: 1, alerts: [{ id: '1', status: 'resolved' }] });
  });

  it('is left alone where a newer release wrote it', async () => {
    await history.stop();
    await runNode(
      "const { DatabaseSync } = await import('node:sqlite'); new DatabaseSync('/data/history.db').exec('PRAGMA user_version = 99');",
    );
    await expect(history.start({}, undefined, 3)).rejects.toThrow('ready');
    await eventually('the log says so', 120, async () => (await history.logs()).includes('start the newer release again'));
    await sh(['sh', '-c', `rm -f ${history.folder}/data/*`]);
    copyFileSync(join(history.folder, 'old.db'), join(history.folder, 'data/history.db'));
    chmodSync(join(history.folder, 'data/history.db'), 0o666);
    await history.start();
    expect((await history.list('alertname=Old')).total).toBe(2);
  });
});
