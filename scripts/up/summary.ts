import pc from 'picocolors';
import { modules } from '../modules/index.ts';
import type { Prepared } from './prepare.ts';

/**
 * The summary when the stack is up: pages, login, what is skipped and why, what to do next.
 *
 * @param changed alerts that fire at other times than before
 */
export function summarise({ settings, selection, images, tree, expected, silentReceivers }: Prepared, changed: readonly string[]): string {
  const { plain } = settings;
  const values: Readonly<Record<string, unknown>> = plain;
  const at = (port: number): string => pc.cyan(`http://${plain.PUBLIC_HOST}:${port}`);
  const pages: readonly (readonly [string, string, string, string])[] = [
    ['grafana', 'Grafana', at(plain.GRAFANA_PORT), `user ${plain.GRAFANA_ADMIN_USER}, password: GRAFANA_ADMIN_PASSWORD in .env`],
    ['prometheus', 'Prometheus', at(plain.PROMETHEUS_PORT), `${expected.rules} rules`],
    ['alertmanager', 'Alertmanager', at(plain.ALERTMANAGER_PORT), ''],
    [
      'history',
      'Alert history',
      at(plain.HISTORY_PORT),
      `runbooks under /runbooks/ (${[...tree.keys()].filter((path) => path.startsWith('runbooks/')).length})`,
    ],
    ...modules
      .flatMap(({ pages: own = [] }) => own)
      .map(({ service, title, port, remark }) => [service, title, at(Number(values[port])), remark] as const),
  ];
  const lines = pages
    .filter(([service]) => selection.services.has(service))
    .map(([, title, url, remark]) => `  ${title.padEnd(14)} ${url}${remark === '' ? '' : `  ${pc.dim(remark)}`}`);
  const built = [...images.images].filter(([service, { source }]) => source === 'debian' && selection.services.has(service));
  const substitutes = built.map(([service, { name, version }]) => `  ${service}: ${name}, from Debian's package ${version}`);
  const missing = selection.leftOut.map(({ service, reason }) => `  ${service}: ${reason}`);
  const silent = silentReceivers.length === 0 ? [] : [`  ${silentReceivers.join(', ')} (npm run configure)`];
  return [
    `${pc.green('The stack is up and proved')}: ${selection.services.size} services, modules ${selection.modules.map(({ name }) => name).join(', ')}.`,
    '',
    ...lines,
    ...section('Built on this host, because no registry could be reached:', substitutes),
    ...section('Skipped:', missing),
    ...section('History only, because no channel is set:', silent),
    ...backtestOffer(changed).flatMap((line) => ['', line]),
    '',
    'Next: npm run test-alert sends a test notification; npm run detect finds what else runs on this host.',
  ].join('\n');
}

/** More names than fit into a line: all are evaluated instead. */
const NAMED = 5;

/** What to do after a change of rules; nothing if none has changed. */
export function backtestOffer(changed: readonly string[]): readonly string[] {
  if (changed.length === 0) return [];
  const names = changed.length > NAMED ? '' : ` ${changed.join(' ')}`;
  return [`Rules changed. See when they would have paged: npm run backtest -- --days 14${names}`];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', pc.yellow(title), ...lines];
}
