import { RowBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { graph } from './common.ts';
import { OFF } from './security-common.ts';

/** Who gets in, who does not, and who asks for more rights than they have. */
export function logins(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Logins'))
    .withPanel(
      graph(
        {
          title: 'Failed SSH logins',
          about: 'Within ten minutes, by reason. The alerts fire above 20 and 300 of all reasons together.',
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
          title: 'Failed login sources',
          about:
            'Within the last hour: failed addresses and user names, and attempts of the busiest address. Many addresses with few attempts each are a botnet.',
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
          about: 'Successful logins within ten minutes, over SSH or at the console. RootLogin fires for every root login.',
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
          title: 'Refused sudo and su',
          about:
            'Refusals of sudo and su within 15 minutes. SudoFailures fires above 5; a script’s `sudo -n` (password_required) is not counted.',
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
