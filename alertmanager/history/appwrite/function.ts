import { createHash, timingSafeEqual } from 'node:crypto';
import type { AlertStore } from '../alert.ts';
import { BadRequest, parseNotification } from '../payload.ts';
import { openAppwriteStore } from './store.ts';
import type { AppwriteProject } from './table.ts';

/** What Appwrite passes to a function: the parts used here. */
export interface FunctionContext {
  readonly req: {
    readonly method: string;
    readonly bodyText: string;
    readonly query: Readonly<Record<string, string | undefined>>;
    readonly headers: Readonly<Record<string, string | undefined>>;
  };
  readonly res: { readonly json: (body: object, status?: number) => unknown };
  readonly log: (text: string) => void;
  readonly error: (text: string) => void;
}

const DAY_MS = 86_400_000;
/** Appwrite's maximum per request. */
const BATCH = 100;

/**
 * An Appwrite function that accepts Alertmanager's webhook and stores alerts in the project's database. Alertmanager retries after
 * a 5xx. Called by its schedule, it removes what is older than RETENTION_DAYS instead.
 */
export default async function store({ req, res, log, error }: FunctionContext): Promise<unknown> {
  const openStore = (): AlertStore => openAppwriteStore(projectOf(req.headers), (entry) => log(JSON.stringify(entry)));
  try {
    if (req.headers['x-appwrite-trigger'] === 'schedule') return res.json({ removed: await removeOld(openStore()) });
    const token = process.env['WEBHOOK_TOKEN'] ?? '';
    if (token === '') return res.json({ error: 'the variable WEBHOOK_TOKEN is not set: anyone could write alerts' }, 500);
    if (!same(req.query['token'] ?? '', token)) return res.json({ error: 'the token is not the one of WEBHOOK_TOKEN' }, 401);
    if (req.method !== 'POST') return res.json({ error: `${req.method} is not possible here` }, 405);
    const notification = parseNotification(req.bodyText);
    await openStore().save(notification, Date.now());
    return res.json({ stored: notification.alerts.length });
  } catch (failure) {
    error(String(failure));
    return failure instanceof BadRequest
      ? res.json({ error: failure.message }, 400)
      : res.json({ error: 'the alerts could not be stored' }, 500);
  }
}

/** The project that the function is in, with the key that Appwrite made for this call. */
function projectOf(headers: FunctionContext['req']['headers']): AppwriteProject {
  const { APPWRITE_FUNCTION_API_ENDPOINT: endpoint = '', APPWRITE_FUNCTION_PROJECT_ID: projectId = '', DATABASE_ID } = process.env;
  return { endpoint, projectId, databaseId: DATABASE_ID || 'pharos', apiKey: () => headers['x-appwrite-key'] ?? '' };
}

async function removeOld(alerts: AlertStore): Promise<number> {
  const days = Number(process.env['RETENTION_DAYS'] || 365);
  if (!Number.isInteger(days) || days < 1)
    throw new BadRequest(`RETENTION_DAYS is "${process.env['RETENTION_DAYS']}"; it must be a whole number of days`);
  let removed = 0;
  for (let batch = BATCH; batch === BATCH; removed += batch) batch = await alerts.prune(Date.now() - days * DAY_MS, BATCH);
  return removed;
}

/** Compares in constant time, wherever two texts differ. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
