import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { AlertmanagerContainer } from '../support/alertmanager.ts';
import { makeNetwork } from '../support/cleanup.ts';
import { eventually } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { HistoryContainer } from '../support/history.ts';
import { TwilioServer } from '../support/twilio.ts';

const NAME = 'pharos-test-history-sms';
const twilio = new TwilioServer();
const alertmanager = new AlertmanagerContainer(NAME);
const [ANNA, BERT] = ['+4915100000001', '+4915100000002'];
const network = ['--network', `${NAME}-net`, '--network-alias', 'history', '-p', '127.0.0.1::9095'];
let history: HistoryContainer;
let env: Record<string, string>;

beforeAll(async () => {
  history = await HistoryContainer.prepare(NAME);
  await twilio.start();
  env = { TWILIO_URL: twilio.url, TWILIO_ACCOUNT_SID: twilio.accountSid, TWILIO_FROM: '+4915199999999', SMS_TO: `${ANNA}, ${BERT}` };
  token(twilio.token);
  await makeNetwork(NAME, `${NAME}-net`);
  await history.start(env, network);
});

afterAll(async () => {
  await twilio.stop();
  await history.destroy();
});

beforeEach(() => {
  twilio.accepted.length = 0;
  twilio.failing.clear();
});

function token(text: string): void {
  writeFileSync(join(history.folder, 'secrets/twilio_auth_token'), `${text}\n`);
  chmodSync(join(history.folder, 'secrets/twilio_auth_token'), 0o644);
}

let number = 0x100;
async function send(labels: object = {}, annotations: object = { summary: 'The database does not answer' }, count = 1): Promise<Response> {
  const alerts = Array.from({ length: count }, () => ({
    ...{ status: 'firing', fingerprint: (number += 1).toString(16), startsAt: '2026-01-01T00:00:00Z', endsAt: '0001-01-01T00:00:00Z' },
    ...{ labels: { alertname: 'PostgreSQLDown', instance: 'db-1', severity: 'critical', ...labels }, annotations, generatorURL: '' },
  }));
  return again(JSON.stringify({ version: '4', receiver: 'sms', groupKey: 'g', externalURL: '', alerts }));
}
let last = '';
async function again(body = last): Promise<Response> {
  last = body;
  return fetch(`${history.base}/sms`, { method: 'POST', body });
}
const notified = (): readonly string[] => twilio.accepted.map(({ to }) => to).sort();

describeWithEngine('SMS through Twilio', () => {
  it('asks as the Messages resource documents it, once for each number', async () => {
    expect((await send()).status).toBe(200);
    expect(notified()).toEqual([ANNA, BERT]);
    expect(twilio.accepted[0]?.form).toEqual({
      To: twilio.accepted[0]?.to,
      From: '+4915199999999',
      Body: 'CRITICAL PostgreSQLDown on db-1: The database does not answer',
    });
    expect(await history.metric('pharos_history_sms_total{result="sent"}')).toBe('pharos_history_sms_total{result="sent"} 2');
  });

  it('is short and of letters that every phone has, whatever the alert says', async () => {
    await send({ instance: 'Größe “x” → y' }, { summary: '🔥 é '.repeat(200) }, 7);
    const body = twilio.accepted[0]?.form['Body'] ?? '';
    expect(body).toMatch(/^CRITICAL PostgreSQLDown on Gro\?e "x" -> y \(and 6 more\): /);
    expect(body).toMatch(/^[\n -~]{1,306}$/);
  });

  it('makes Alertmanager retry temporary errors of Twilio, and sends no SMS twice', async () => {
    for (const status of [500, 503, 429]) {
      twilio.accepted.length = 0;
      twilio.failing.set(BERT, { status, code: 20429 });
      expect((await send()).status, String(status)).toBe(503);
      expect((await again()).status).toBe(503);
      twilio.failing.clear();
      expect((await again()).status).toBe(200);
      expect(notified(), String(status)).toEqual([ANNA, BERT]);
    }
    // The reminder after repeat_interval is the same notification, and is wanted.
    expect((await again()).status).toBe(200);
    expect(notified()).toEqual([ANNA, ANNA, BERT, BERT]);
  });

  it('does not retry permanent errors, notifies the others, and reports why', async () => {
    twilio.failing.set(ANNA, { status: 400, code: 21211 });
    const response = await send();
    expect([response.status, await response.text()]).toEqual([422, expect.stringContaining('21211')]);
    expect(notified()).toEqual([BERT]);
    expect(await history.logs()).toContain('planned for');
  });

  it('takes a new token without a restart, and never shows one', async () => {
    token('0'.repeat(32));
    expect((await send()).status).toBe(422);
    token(twilio.token);
    expect((await again()).status).toBe(200);
    expect(await history.logs()).not.toContain(twilio.token);
  });

  it('reaches people from Alertmanager, also when Twilio was away for a moment', async () => {
    twilio.failing.set(ANNA, { status: 503, code: 20503 });
    const route = { receiver: 'sms', group_by: ['alertname'], group_wait: '0s', group_interval: '1s' };
    const receivers = [{ name: 'sms', webhook_configs: [{ url: 'http://history:9095/sms', send_resolved: false }] }];
    await alertmanager.start({ route, receivers }, history.folder, `${NAME}-net`);
    await alertmanager.post('alerts', [{ labels: { alertname: 'ServerDown', instance: 'web-1', severity: 'emergency' } }]);
    const before = twilio.refused.length;
    await eventually('it is tried twice', 120, async () => twilio.refused.length >= before + 2);
    twilio.failing.clear();
    await eventually('Anna gets it', 120, async () => notified().includes(ANNA));
    expect(notified()).toEqual([ANNA, BERT]);
    expect(twilio.accepted[0]?.form['Body']).toBe('EMERGENCY ServerDown on web-1');
  });

  it('is sent by a messaging service where one is named; and says that nothing is set up where nothing is', async () => {
    await history.start({ ...env, TWILIO_FROM: `MG${'a'.repeat(32)}`, SMS_TO: ANNA }, network);
    expect((await send()).status).toBe(200);
    expect(twilio.accepted[0]?.form).toMatchObject({ MessagingServiceSid: `MG${'a'.repeat(32)}` });
    await history.start({}, network);
    const response = await send();
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('SMS_TO')]);
  });
});
