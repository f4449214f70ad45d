import { createHash, timingSafeEqual } from 'node:crypto';
import { BadRequest, parseNotification } from '../payload.ts';
import { openAppwriteStore } from './store.ts';

/** What Appwrite hands to a function: the parts that are used here. */
export interface FunctionContext {
  readonly req: {
    readonly method: string;
    readonly bodyText: string;
    readonly query: Readonly<Record<string, string | undefined>>;
    readonly headers: Readonly<Record<string, string | undefined>>;
  };
  readonly res: { json(body: object, status?: number): unknown };
  log(text: string): void;
  error(text: string): void;
}

/**
 * An Appwrite function that takes Alertmanager's webhook and keeps alerts in the project's own database. Alertmanager tries again what is
 * answered with 5xx.
 */
export default async function store({ req, res, log, error }: FunctionContext): Promise<unknown> {
  const {
    APPWRITE_FUNCTION_API_ENDPOINT: endpoint = '',
    APPWRITE_FUNCTION_PROJECT_ID: projectId = '',
    WEBHOOK_TOKEN: token = '',
  } = process.env;
  if (token === '') return res.json({ error: 'the variable WEBHOOK_TOKEN is not set: anybody could write alerts' }, 500);
  if (!same(req.query['token'] ?? '', token)) return res.json({ error: 'the token is not the one of WEBHOOK_TOKEN' }, 401);
  if (req.method !== 'POST') return res.json({ error: `${req.method} is not possible here` }, 405);
  try {
    const notification = parseNotification(req.bodyText);
    const project = {
      endpoint,
      projectId,
      databaseId: process.env['DATABASE_ID'] || 'pharos',
      apiKey: () => req.headers['x-appwrite-key'] ?? '',
    };
    await openAppwriteStore(project, (entry) => log(JSON.stringify(entry))).save(notification, Date.now());
    return res.json({ stored: notification.alerts.length });
  } catch (failure) {
    error(String(failure));
    return failure instanceof BadRequest
      ? res.json({ error: failure.message }, 400)
      : res.json({ error: 'the alerts could not be stored' }, 500);
  }
}

/** Compares in a time that tells nothing of where two texts differ. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
