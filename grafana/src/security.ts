import { RowBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { board, figure, graph, list } from './common.ts';
import { DAY_SECONDS, HIDDEN, NO_CERTIFICATES, NO_PACKAGES, OFF } from './security-common.ts';
import { neglect, ports } from './security-host.ts';
import { logins } from './security-logins.ts';

function state(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('State'))
    .withPanel(
      figure(
        {
          title: 'Last successful run',
          about: 'Of the collector part with the oldest success. SecurityCollectorStale fires after 15 minutes.',
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
          about: 'Within the last hour, all hosts. The alerts fire above 20 and 300 within ten minutes on one host.',
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
          about: 'Packages with a pending security update. SecurityUpdatesPending fires after a day.',
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
          about: 'Ports that became reachable from the network within the last day.',
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
          title: 'Readable secrets',
          about: 'Secret files of the stack that every user on the host can read, and metric files that every user can write.',
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
          title: 'Next certificate expiry',
          about: 'Of SECURITY_CERTIFICATES. CertificateFileExpiresSoon fires 14 days earlier.',
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

function watch(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('The collector itself'))
    .withPanel(
      list(
        {
          title: 'Unreadable sources',
          about: 'Sources that the collector cannot read. SecuritySourceUnreadable fires after 15 minutes.',
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
          title: 'Readable secrets',
          about: 'Files and folders of the stack that every user on the host can read.',
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
          title: 'Duration',
          about: 'Per part of the collector. Packages take longest, and only after a change.',
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
    board('security', 'Security', 'Logins, listening ports, updates, certificates and readable secrets of the hosts.'),
  );
}
