import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Environment } from './environment.ts';
import { renderMetrics, type Family } from './metrics.ts';
import { alertPage, listPage, messagePage } from './pages.ts';
import { STYLE } from './page.ts';
import { BadRequest, parseNotification } from './payload.ts';
import { parseQuery } from './query.ts';
import { noRunbook, runbookIndex, runbookPage } from './runbooks.ts';
import type { Store } from './store.ts';
import { createTestAlerts, parseTestAlert } from './test-alerts.ts';

/** What is sent back. */
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface AppOptions {
  readonly store: Store;
  readonly environment: Environment;
  readonly now: () => number;
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
  /** Databases that were set aside because they could not be read. */
  readonly corrupt: number;
}

/** 10,000 alerts with long annotations are about 12 MB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

const json = (status: number, value: unknown): Answer => ({ status, type: 'application/json', body: `${JSON.stringify(value)}\n` });
const page = (status: number, body: string): Answer => ({ status, type: 'text/html; charset=utf-8', body });

/** The service as a function of requests. */
export function createApp({ store, environment, now, log, corrupt }: AppOptions) {
  const tests = createTestAlerts();
  const startedAt = now();
  const received = { stored: 0, refused: 0, failed: 0 };
  let lastNotification = 0;

  async function webhook(request: IncomingMessage): Promise<Answer> {
    const began = now();
    try {
      const notification = parseNotification(await readBody(request));
      store.save(notification, now());
      received.stored += 1;
      lastNotification = now();
      log({ msg: 'notification stored', receiver: notification.receiver, alerts: notification.alerts.length, ms: now() - began });
      return json(200, { stored: notification.alerts.length });
    } catch (failure) {
      received[failure instanceof BadRequest ? 'refused' : 'failed'] += 1;
      throw failure;
    }
  }

  function metrics(): Answer {
    const families: Family[] = [
      {
        name: 'pharos_test_alert',
        help: 'A test alert of npm run test-alert, while it is on.',
        type: 'gauge',
        samples: tests.active(now()).map(({ labels }) => ({ labels, value: 1 })),
      },
      {
        name: 'pharos_history_alerts',
        help: 'Stored alerts.',
        type: 'gauge',
        samples: store.counts().map(({ status, severity, count }) => ({ labels: { status, severity }, value: count })),
      },
      {
        name: 'pharos_history_notifications_total',
        help: 'Notifications received, by what became of them.',
        type: 'counter',
        samples: Object.entries(received).map(([result, value]) => ({ labels: { result }, value })),
      },
      {
        name: 'pharos_history_last_notification_timestamp_seconds',
        help: 'When the last notification was stored.',
        type: 'gauge',
        samples: [{ value: lastNotification / 1000 }],
      },
      { name: 'pharos_history_database_bytes', help: 'Size of the database.', type: 'gauge', samples: [{ value: store.sizeBytes() }] },
      {
        name: 'pharos_history_corrupt_databases',
        help: 'Databases set aside at the start because they could not be read.',
        type: 'gauge',
        samples: [{ value: corrupt }],
      },
      { name: 'process_start_time_seconds', help: 'When the process started.', type: 'gauge', samples: [{ value: startedAt / 1000 }] },
    ];
    return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: renderMetrics(families) };
  }

  async function get(url: URL): Promise<Answer> {
    const path = url.pathname;
    if (path === '/-/healthy') return json(200, { status: 'ok' });
    if (path === '/-/ready') {
      store.probe();
      return json(200, { status: 'ok' });
    }
    if (path === '/metrics') return metrics();
    if (path === '/style.css') return { status: 200, type: 'text/css; charset=utf-8', body: STYLE };
    if (path === '/api/v1/alerts') return json(200, store.find(parseQuery(url.searchParams)));
    if (path === '/')
      return page(200, listPage(parseQuery(url.searchParams), store.find(parseQuery(url.searchParams)), url.searchParams, now()));
    const [, api, id] = /^\/(api\/v1\/)?alerts\/(\d+)$/.exec(path) ?? [];
    if (id !== undefined) {
      const alert = store.get(Number(id));
      if (api !== undefined) return alert === undefined ? json(404, { error: `there is no alert ${id}` }) : json(200, alert);
      return alert === undefined
        ? page(404, messagePage('No such alert', 'It may be older than HISTORY_RETENTION_DAYS.'))
        : page(200, alertPage(alert, now()));
    }
    if (path === '/runbooks' || path === '/runbooks/') return page(200, await runbookIndex(environment.runbooksDir));
    const [, module, alert] = /^\/runbooks\/([^/]+)\/([^/]+?)(?:\.md)?$/.exec(path) ?? [];
    if (module !== undefined && alert !== undefined) {
      const found = await runbookPage(environment.runbooksDir, module, alert);
      return found === undefined ? page(404, noRunbook(`${module}/${alert}`)) : page(200, found);
    }
    return page(404, messagePage('Not found', 'There is no such page. Alerts are at /, runbooks at /runbooks/.'));
  }

  async function route(request: IncomingMessage, url: URL): Promise<Answer> {
    const { method } = request;
    if (method === 'GET' || method === 'HEAD') return get(url);
    if (method === 'POST' && url.pathname === '/api/v1/webhook') return webhook(request);
    if (method === 'POST' && url.pathname === '/api/v1/test-alerts') {
      tests.add(parseTestAlert(await readBody(request), now()));
      return json(201, { status: 'on' });
    }
    const nonce = /^\/api\/v1\/test-alerts\/([^/]+)$/.exec(url.pathname)?.[1];
    if (method === 'DELETE' && nonce !== undefined)
      return tests.remove(decodeURIComponent(nonce)) ? json(200, { status: 'off' }) : json(404, { error: 'there is no such test alert' });
    return json(405, { error: `${method ?? ''} is not possible here` });
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = await route(request, new URL(request.url ?? '/', 'http://history')).catch((failure: unknown) => {
      if (failure instanceof TooLarge) return json(413, { error: failure.message });
      if (failure instanceof BadRequest) return json(400, { error: failure.message });
      // Alertmanager sends a notification again when it is answered with 5xx.
      log({ msg: 'request failed', path: request.url, error: String(failure) });
      return json(500, { error: 'the alert history could not do that; its log says why' });
    });
    response.writeHead(answer.status, {
      'content-type': answer.type,
      'content-security-policy': "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      // The rest of a body that is too large is not read, so the connection is of no further use.
      ...(answer.status === 413 ? { connection: 'close' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  };
}

class TooLarge extends Error {}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new TooLarge(`the body is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
