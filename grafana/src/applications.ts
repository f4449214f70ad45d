import { RowBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { board, choice, figure } from './common.ts';
import { CHOSEN, NO_REQUESTS, OFF, errors, latency, rate } from './applications-common.ts';
import { dependencies, processes } from './applications-process.ts';
import { requests } from './applications-requests.ts';
import { business, queues } from './applications-work.ts';

function state(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withRow(new RowBuilder('Is anything wrong?'))
    .withPanel(
      figure(
        {
          title: 'Instances',
          about: 'Share of instances that answer. ServiceDown names those that do not.',
          unit: 'percentunit',
          off: OFF,
        },
        { warning: 1, critical: 1, below: true },
        [`avg(up{${CHOSEN}})`, 'answer'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure({ title: 'Requests', about: 'Per second, all selected services.', unit: 'reqps', off: NO_REQUESTS }, undefined, [
        `sum(${rate('service')})`,
        'requests',
      ])
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        { title: 'Errors', about: 'Responses with a 5xx code, worst service.', unit: 'percent', off: NO_REQUESTS },
        { warning: 1, critical: 5 },
        [`max(${errors('service')})`, 'errors'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        { title: 'p95', about: 'One response in twenty takes longer; slowest service. HighResponseTime.', unit: 's', off: NO_REQUESTS },
        { warning: 1 },
        [`max(${latency(0.95, 'service')})`, 'p95'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        {
          title: 'p99',
          about: 'One response in a hundred takes longer; slowest service. SlowResponseTime.',
          unit: 's',
          off: NO_REQUESTS,
        },
        { warning: 2 },
        [`max(${latency(0.99, 'service')})`, 'p99'],
      )
        .height(4)
        .span(4),
    )
    .withPanel(
      figure(
        {
          title: 'Failing checks',
          about: 'Failing dependency checks of all instances. HealthCheckFailing.',
          unit: 'short',
          off: 'no health check',
        },
        { warning: 1, critical: 1 },
        [`count(health_check_up{${CHOSEN}} == 0) or 0 * count(health_check_up{${CHOSEN}})`, 'failing'],
      )
        .height(4)
        .span(4),
    );
}

/** The applications in prometheus/targets/apps/, by the metrics of the instrumentation. */
export function applications(): DashboardBuilder {
  return [state, requests, dependencies, processes, queues, business].reduce(
    (builder, section) => section(builder),
    board(
      'applications',
      'Applications',
      'Applications: requests, dependencies and jobs. To add yours, see exporters/apps/README.md.',
    ).withVariable(choice('service', 'Service', 'up{job="apps"}')),
  );
}
