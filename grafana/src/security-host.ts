import { RowBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { graph, list } from './common.ts';
import { HIDDEN, NO_CERTIFICATES, NO_PACKAGES, OFF } from './security-common.ts';

/** What listens. */
export function ports(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Listening ports'))
    .withPanel(
      graph({ title: 'Ports', about: 'By protocol, and by whether other hosts can reach them.', unit: 'short', off: OFF }, [
        'sum by (instance, protocol, scope) (security_listening_ports)',
        '{{instance}} {{protocol}} {{scope}}',
      ])
        .height(8)
        .span(8),
    )
    .withPanel(
      graph(
        {
          title: 'Changes',
          about: 'Ports opened or closed within the hour. Many changes: a program takes a new port at each start.',
          unit: 'short',
          off: OFF,
        },
        ['sum by (instance, change) (increase(security_listening_port_changes_total[1h]))', '{{instance}} {{change}}'],
      )
        .height(8)
        .span(8),
    )
    .withPanel(
      list(
        {
          title: 'New since monitoring began',
          about: 'Reachable ports that did not listen at first, by age. NewListeningPort fires for the first hour.',
          unit: 's',
          off: 'none',
        },
        'sort(time() - (security_listening_port_since_timestamp_seconds{scope="network"} > 0))',
        [...HIDDEN, 'scope'],
        'known for',
      )
        .height(8)
        .span(8),
    );
}

/** Pending maintenance. */
export function neglect(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Updates and certificates'))
    .withPanel(
      graph(
        {
          title: 'Pending updates',
          about: 'Packages with a newer version: security updates, all updates, and packages on hold.',
          unit: 'short',
          off: NO_PACKAGES,
        },
        ['security_updates_pending_security', '{{instance}} security'],
        ['security_updates_pending', '{{instance}} all'],
        ['security_updates_held', '{{instance}} held'],
      )
        .height(8)
        .span(8),
    )
    .withPanel(
      graph(
        {
          title: 'Last updates',
          about:
            'Time since apt updated its package lists, and since a package changed. PackageListsStale fires after a week without an update.',
          unit: 's',
          off: NO_PACKAGES,
        },
        ['time() - security_package_lists_fetched_timestamp_seconds', '{{instance}} asked for updates'],
        ['time() - security_packages_changed_timestamp_seconds', '{{instance}} changed a package'],
      )
        .height(8)
        .span(8),
    )
    .withPanel(
      list(
        {
          title: 'Certificates',
          about: 'Certificates on disk, by the first expiry in each file. Negative: expired.',
          unit: 's',
          off: NO_CERTIFICATES,
        },
        'sort(security_certificate_expiry_timestamp_seconds - time())',
        HIDDEN,
        'ends in',
      )
        .height(8)
        .span(8),
    );
}
