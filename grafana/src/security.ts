import { RowBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { board, figure, graph, list } from './common.ts';

const OFF = 'the module security is off';
const NO_CERTIFICATES = 'SECURITY_CERTIFICATES is empty';
const NO_PACKAGES = 'not a host of Debian’s family';
const HIDDEN = ['__name__', 'job', 'service'];
const DAY_SECONDS = 86_400;

function state(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('State'))
    .withPanel(
      figure(
        {
          title: 'Last look',
          about: 'Of the part that has not succeeded for longest. SecurityCollectorStale fires after 15 minutes.',
          unit: 's',
          off: OFF,
        },
        { warning: 300, critical: 900 },
        ['time() - min(security_collector_last_success_timestamp_seconds)', 'ago'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        {
          title: 'Failed SSH logins',
          about: 'Within the last hour, of all hosts. The alerts begin at 20 and 300 within ten minutes on one host.',
          unit: 'short',
          off: OFF,
        },
        { warning: 20, critical: 300 },
        ['round(sum(increase(security_ssh_failed_logins_total[1h])))', 'failed'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        {
          title: 'Security updates',
          about: 'Packages with a security update that waits. SecurityUpdatesPending fires after a day.',
          unit: 'short',
          off: NO_PACKAGES,
        },
        { warning: 1, critical: 20 },
        ['sum(security_updates_pending_security)', 'waiting'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        {
          title: 'New ports',
          about: 'Ports that began to be reachable from the network within the last day.',
          unit: 'short',
          off: OFF,
        },
        { warning: 1, critical: 10 },
        [
          `count((security_listening_port_since_timestamp_seconds{scope="network"} > 0) > time() - ${DAY_SECONDS}) or 0 * max(security_collector_success{collector="ports"})`,
          'new',
        ],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        {
          title: 'Open secrets',
          about: 'Files of the stack with secrets that every user of the host can read, and metric files that every user can write.',
          unit: 'short',
          off: OFF,
        },
        { warning: 1, critical: 1 },
        ['sum(security_secrets_exposed) + sum(security_textfiles_exposed)', 'open'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        {
          title: 'Next certificate ends',
          about: 'Of those in SECURITY_CERTIFICATES. CertificateFileExpiresSoon fires 14 days before.',
          unit: 's',
          off: NO_CERTIFICATES,
        },
        { warning: 30 * DAY_SECONDS, critical: 14 * DAY_SECONDS, below: true },
        ['clamp_min(min(security_certificate_expiry_timestamp_seconds) - time(), 0)', 'from now'],
      )
        .height(4)
        .span(4),
    );
}

function logins(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Logins'))
    .withPanel(
      graph(
        {
          title: 'Failed SSH logins',
          about: 'Within ten minutes, by reason. The alerts begin at 20 and 300 of all reasons together.',
          unit: 'short',
          off: OFF,
        },
        ['sum by (instance, reason) (increase(security_ssh_failed_logins_total[10m]))', '{{instance}} {{reason}}'],
      )
        .height(8)
        .span(12),
    )
    .withPanel(
      graph(
        {
          title: 'Who fails',
          about:
            'Within the last hour: addresses and user names that failed, and attempts of the busiest address. Many addresses with few attempts each are a botnet.',
          unit: 'short',
          off: OFF,
        },
        ['security_ssh_failed_login_sources', '{{instance}} addresses'],
        ['security_ssh_failed_login_users', '{{instance}} user names'],
        ['security_ssh_failed_logins_busiest_source', '{{instance}} attempts of the busiest'],
      )
        .height(8)
        .span(12),
    )
    .withPanel(
      graph(
        {
          title: 'Logins',
          about: 'Successful ones within ten minutes, over SSH or at the console. RootLogin fires at each one of root.',
          unit: 'short',
          off: OFF,
        },
        ['sum by (instance, method) (increase(security_root_logins_total[10m]))', '{{instance}} root {{method}}'],
        ['sum by (instance, method) (increase(security_user_logins_total[10m]))', '{{instance}} others {{method}}'],
      )
        .height(8)
        .span(12),
    )
    .withPanel(
      graph(
        {
          title: 'Refused rights',
          about:
            'What sudo and su refused within a quarter of an hour. SudoFailures begins at 5; a script’s `sudo -n` (password_required) is left out of it.',
          unit: 'short',
          off: OFF,
        },
        ['sum by (instance, reason) (increase(security_sudo_failures_total[15m]))', '{{instance}} sudo {{reason}}'],
        ['sum by (instance) (increase(security_su_failures_total[15m]))', '{{instance}} su'],
      )
        .height(8)
        .span(12),
    );
}

function ports(builder: DashboardBuilder): DashboardBuilder {
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

function neglect(builder: DashboardBuilder): DashboardBuilder {
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

function watch(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('The watch itself'))
    .withPanel(
      list(
        {
          title: 'Not to be seen',
          about: 'What the collector should look at and cannot. SecuritySourceUnreadable fires after 15 minutes.',
          unit: 'short',
          off: 'none',
        },
        'security_source_state{state!="ok"}',
        [...HIDDEN, 'Value'],
        'state',
      )
        .height(8)
        .span(8),
    )
    .withPanel(
      list(
        {
          title: 'Open secrets',
          about: 'Files and folders of the stack that every user of the host can read.',
          unit: 'short',
          off: 'none',
        },
        'security_secret_exposed == 1',
        [...HIDDEN, 'Value'],
        'open',
      )
        .height(8)
        .span(8),
    )
    .withPanel(
      graph(
        {
          title: 'Time taken',
          about: 'By each part of the collector. That of packages is the longest, and only after a change.',
          unit: 's',
          off: OFF,
        },
        ['security_collector_duration_seconds', '{{instance}} {{collector}}'],
      )
        .height(8)
        .span(8),
    );
}

/** Signs of attack and neglect on hosts. */
export function security(): DashboardBuilder {
  return [state, logins, ports, neglect, watch].reduce(
    (builder, section) => section(builder),
    board('security', 'Security', 'Logins, listening ports, updates, certificates and open secrets of the hosts.'),
  );
}
