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
          about: 'Ports that began or ended to listen within the hour. Many are a program that takes a new port at each start.',
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
          title: 'Opened since the watch began',
          about:
            'Ports that others can reach and that did not listen at first, by how long they have been known. NewListeningPort fires for the first hour.',
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

/** What waits for somebody to do it. */
export function neglect(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Updates and certificates'))
    .withPanel(
      graph(
        {
          title: 'Pending updates',
          about: 'Packages of which a newer version is offered: as a security update, in all, and held back by hand.',
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
          title: 'Care',
          about: 'Time since apt asked its repositories, and since a package changed. PackageListsStale fires after a week without asking.',
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
          about: 'Those on disk, by when the first in each file ends. Negative: it has ended.',
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
