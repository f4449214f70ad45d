import type { IncomingMessage } from 'node:http';
import { withTimes } from './alert.ts';
import { takeEvent } from './event-intake.ts';
import { demandSameOrigin, json, readBody, seeOther, type Answer } from './http.ts';
import { BadRequest, isRecord, parseJson, parseNotification } from './payload.ts';
import type { Service } from './service.ts';
import { parseTestAlert } from './test-alerts.ts';

const MAX_NAME_LENGTH = 100;

/** Answers every request that changes something; undefined if there is no such action. */
export async function write(service: Service, request: IncomingMessage, path: string): Promise<Answer | undefined> {
  const { tests, now } = service;
  // Alertmanager and scripts send no origin. All requests of browsers for another site's page are refused: a forged alert or SMS
  // is as bad as a forged acknowledgement.
  demandSameOrigin(request);
  if (request.method === 'POST' && path === '/api/v1/webhook') return webhook(service, request);
  if (request.method === 'POST' && path === '/api/v1/events') return takeEvent(service, request);
  if (request.method === 'POST' && path === '/sms') return sms(service, request);
  if (request.method === 'POST' && path === '/api/v1/test-alerts') {
    tests.add(parseTestAlert(await readBody(request), now()));
    return json(201, { status: 'on' });
  }
  const nonce = /^\/api\/v1\/test-alerts\/([^/]+)$/.exec(path)?.[1];
  if (request.method === 'DELETE' && nonce !== undefined)
    return tests.remove(decoded(nonce)) ? json(200, { status: 'off' }) : json(404, { error: 'there is no such test alert' });
  const [, api, id] = /^\/(api\/v1\/)?alerts\/([A-Za-z0-9_-]+)\/acknowledge$/.exec(path) ?? [];
  if (request.method === 'POST' && id !== undefined) return acknowledge(service, request, id, api === undefined);
  return undefined;
}

/** A part of a path without its percent signs; `BadRequest` if they are invalid. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new BadRequest(`${part} is not percent-encoded text`);
  }
}

async function webhook(service: Service, request: IncomingMessage): Promise<Answer> {
  const { store, now, log, notifications } = service;
  const began = now();
  try {
    const notification = parseNotification(await readBody(request));
    await store.save(notification, now());
    notifications.stored += 1;
    service.lastNotificationMs = now();
    log({ msg: 'notification stored', receiver: notification.receiver, alerts: notification.alerts.length, ms: now() - began });
    return json(200, { stored: notification.alerts.length });
  } catch (failure) {
    notifications[failure instanceof BadRequest ? 'refused' : 'failed'] += 1;
    throw failure;
  }
}

/** Sends a notification of Alertmanager on as SMS. 503 makes Alertmanager retry; permanent errors return 4xx. */
async function sms(service: Service, request: IncomingMessage): Promise<Answer> {
  const notification = parseNotification(await readBody(request));
  if (service.sendSms === undefined) return json(404, { error: 'SMS is not set up: TWILIO_ACCOUNT_SID, TWILIO_FROM and SMS_TO in .env' });
  const { sent, problems, again } = await service.sendSms(notification);
  service.sms.sent += sent;
  service.sms.failed += problems.length;
  service.log({ msg: 'sms', alerts: notification.alerts.length, sent, ...(problems.length === 0 ? {} : { level: 'error', problems }) });
  return problems.length === 0 ? json(200, { sent }) : json(again ? 503 : 422, { sent, error: problems.join('; ') });
}

/** Stores who handles an alert: `{"by": "…"}`, or the page's form. */
async function acknowledge({ store, now, log }: Service, request: IncomingMessage, id: string, form: boolean): Promise<Answer> {
  const body = await readBody(request, 10_000);
  const value = form ? Object.fromEntries(new URLSearchParams(body)) : parseJson(body);
  const by = isRecord(value) && typeof value['by'] === 'string' ? value['by'].trim() : '';
  if (by === '' || by.length > MAX_NAME_LENGTH) throw new BadRequest(`by is not a name of 1 to ${MAX_NAME_LENGTH} characters`);
  const first = await store.acknowledge(id, by, now());
  const alert = await store.get(id);
  if (alert === undefined) return json(404, { error: `there is no alert ${id}` });
  if (first) log({ msg: 'alert acknowledged', id, alertname: alert.alertname, by });
  if (form) return seeOther(`/alerts/${id}`);
  return first ? json(200, withTimes(alert)) : json(409, { error: `${alert.acknowledgedBy ?? ''} acknowledged it before` });
}
