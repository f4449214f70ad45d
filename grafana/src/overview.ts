import { RowBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { board, figure, list } from './common.ts';
import { cpu, disk, memory, off } from './overview-common.ts';
import { containers, host } from './overview-host.ts';
import { databases, outside } from './overview-services.ts';

function state(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Is anything wrong?'))
    .withPanel(
      figure(
        { title: 'Firing', about: 'Firing alerts, without the Watchdog, which always fires.', unit: 'short', off: '0' },
        { warning: 1, critical: 1 },
        ['count(ALERTS{alertstate="firing",alertname!="Watchdog"}) or vector(0)', 'firing'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure({ title: 'Targets down', about: 'Targets whose last scrape failed.', unit: 'short' }, { warning: 1, critical: 1 }, [
        'count(up == 0) or vector(0)',
        'down',
      ])
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        { title: 'CPU', about: 'Busy share of all cores, the worst host.', unit: 'percent', off: off('node') },
        { warning: 80, critical: 95 },
        [`max(${cpu})`, 'CPU'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        { title: 'Memory', about: 'Share of memory that is not available, the worst host.', unit: 'percent', off: off('node') },
        { warning: 80, critical: 95 },
        [`max(${memory})`, 'memory'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        { title: 'Fullest disk', about: 'Used share of the fullest physical disk.', unit: 'percent', off: off('node') },
        { warning: 80, critical: 90 },
        [`max(${disk})`, 'disk'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        { title: 'Endpoints failing', about: 'Probed endpoints that did not answer as expected.', unit: 'short', off: off('blackbox') },
        { warning: 1, critical: 1 },
        ['count(probe_success == 0) or 0 * count(probe_success)', 'failing'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      list(
        {
          title: 'Alerts',
          about: 'Firing alerts. The alert history adds runbooks.',
          unit: 'short',
          off: 'nothing fires',
        },
        'max by (severity, alertname, instance, service) (ALERTS{alertstate="firing",alertname!="Watchdog"})',
        ['Value'],
        'value',
      )
        .height(7)
        .span(9),
    )
    .withPanel(
      list(
        {
          title: 'Pending',
          about:
            'Alerts whose condition is true, but not for long enough yet, and since when. npm run status also says how much time each has left.',
          unit: 's',
          off: 'nothing is pending',
        },
        'max by (severity, alertname, instance, service) (time() - ALERTS_FOR_STATE and ignoring (alertstate) ALERTS{alertstate="pending"})',
        [],
        'for',
      )
        .height(7)
        .span(8),
    )
    .withPanel(
      list({ title: 'Targets per job', about: 'Share of targets that are up.', unit: 'percentunit' }, 'avg by (job) (up)', [], 'up')
        .height(7)
        .span(7),
    );
}

/** The first page: is anything wrong, and where. */
export function overview(): DashboardBuilder {
  return [state, host, containers, databases, outside].reduce(
    (builder, section) => section(builder),
    board('overview', 'Overview', 'Everything monitored at a glance.'),
  );
}
