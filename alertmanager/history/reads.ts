import { statfs } from 'node:fs/promises';
import { withTimes } from './alert.ts';
import { alertPage } from './alert-page.ts';
import { quietOf, storyOf } from './event-intake.ts';
import { csvOf } from './csv.ts';
import { json, page, type Answer } from './http.ts';
import { metricsText } from './metrics-page.ts';
import { lastWeeks, noiseOf, type Noise } from './noise.ts';
import { noisePage } from './noise-page.ts';
import { STYLE } from './page.ts';
import { listPage, messagePage } from './pages.ts';
import { isAboutNow, pendingAlerts, pendingSection } from './pending.ts';
import { BadRequest } from './payload.ts';
import { parseQuery, wholeNumber } from './query.ts';
import { noRunbook, runbookIndex, runbookPage } from './runbooks.ts';
import type { Service } from './service.ts';

/** Answers a GET. */
export async function read(service: Service, url: URL): Promise<Answer> {
  const { store, now } = service;
  const { pathname: path, searchParams } = url;
  switch (path) {
    case '/-/healthy':
      return json(200, { status: 'ok' });
    case '/-/ready':
      await store.probe();
      return json(200, { status: 'ok' });
    case '/metrics':
      return metrics(service);
    case '/style.css':
      return { status: 200, headers: { 'content-type': 'text/css; charset=utf-8' }, body: STYLE };
    case '/api/v1/alerts': {
      const { total, alerts } = await store.find(parseQuery(searchParams));
      return json(200, { total, alerts: alerts.map(withTimes) });
    }
    case '/api/v1/alerts.csv':
      return csv(service, searchParams);
    case '/api/v1/noise':
      return json(200, await noise(service, searchParams));
    case '/noise':
      return page(200, noisePage(await noise(service, searchParams)));
    case '/': {
      const query = parseQuery(searchParams);
      const found = await store.find(query);
      const pending = isAboutNow(searchParams) ? pendingSection(await pendingAlerts(service.environment.prometheusUrl), now()) : undefined;
      const context = { parameters: searchParams, nowMs: now(), quiet: quietOf(found.alerts, service.events), pending };
      return page(200, listPage(query, found, await store.known(), context));
    }
    case '/runbooks':
    case '/runbooks/':
      return page(200, await runbookIndex(service.environment.runbooksDir));
    default:
      return (await alert(service, path)) ?? (await runbook(service, path)) ?? notFound();
  }
}

const notFound = (): Answer => page(404, messagePage('Not found', 'There is no such page. Alerts are at /, runbooks at /runbooks/.'));

async function metrics({
  environment,
  store,
  tests,
  now,
  notifications,
  received,
  sms,
  lastNotificationMs,
  corrupt,
  startedAtMs,
}: Service): Promise<Answer> {
  const counted = { notifications, events: received, sms, lastNotificationMs, corrupt, startedAtMs };
  const { bsize, blocks, bavail } = await statfs(environment.dataDir);
  const body = metricsText({
    ...counted,
    tests: tests.active(now()),
    counts: await store.counts(),
    sizeBytes: store.sizeBytes(),
    disk: { sizeBytes: blocks * bsize, availBytes: bavail * bsize },
  });
  return { status: 200, headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }, body };
}

function csv({ store, now }: Service, parameters: URLSearchParams): Answer {
  const day = new Date(now()).toISOString().slice(0, 10);
  return {
    status: 200,
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="alerts-${day}.csv"`,
    },
    body: csvOf(store.each(parseQuery(parameters))),
  };
}

async function noise({ store, now }: Service, parameters: URLSearchParams): Promise<Noise> {
  if (parameters.has('since')) throw new BadRequest('there is no parameter "since" here; weeks says how many to count, this one included');
  const weeks = lastWeeks(wholeNumber(parameters, 'weeks', 8, [1, 104]), now());
  const others = new URLSearchParams([...parameters].filter(([name]) => name !== 'weeks'));
  return noiseOf(await store.times({ ...parseQuery(others), since: `${weeks[0] ?? ''}T00:00:00.000Z` }), weeks);
}

async function alert({ store, events, now }: Service, path: string): Promise<Answer | undefined> {
  const [, api, id, timeline] = /^\/(api\/v1\/)?alerts\/([A-Za-z0-9_-]+)(\/timeline)?$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  const found = await store.get(id);
  if (found === undefined)
    return api === undefined
      ? page(404, messagePage('No such alert', 'It may be older than HISTORY_RETENTION_DAYS.'))
      : json(404, { error: `there is no alert ${id}` });
  if (api !== undefined && timeline === undefined) return json(200, withTimes(found));
  const story = await storyOf(found, events, store);
  return api === undefined ? page(200, alertPage(found, story, now())) : json(200, story);
}

async function runbook({ environment }: Service, path: string): Promise<Answer | undefined> {
  const [, module, name] = /^\/runbooks\/([^/]+)\/([^/]+?)(?:\.md)?$/.exec(path) ?? [];
  if (module === undefined || name === undefined) return undefined;
  const found = await runbookPage(environment.runbooksDir, module, name);
  return found === undefined ? page(404, noRunbook(`${module}/${name}`)) : page(200, found);
}
