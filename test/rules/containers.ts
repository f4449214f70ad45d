import { above, down, ruleTable } from '../../scripts/rules/table.ts';

/** A container of Compose. */
const WEB =
  'container_last_seen{id="/docker/1", image="shop:1", container_label_com_docker_compose_project="shop", container_label_com_docker_compose_service="web"}';

export default ruleTable({
  category: 'infrastructure',
  labels: { job: 'containers', instance: 'web-1', service: 'cadvisor', name: 'shop-web-1' },
  alerts: [
    down('CadvisorDown', 'up', {
      labels: { name: '' },
      silent: {
        'when the exporter is gone for two scrapes in a row': {
          up: 1,
          'up{service="container-exporter"}': '1x3 0',
        },
        'about another exporter': { up: null, 'up{job="node", service="web-1"}': 0 },
      },
    }),
    {
      alert: 'ContainerExporterDown',
      severity: 'critical',
      every: '5s',
      labels: { name: '' },
      result: { service: 'container-exporter' },
      series: { up: 1, 'up{service="container-exporter"}': '1x3 0' },
      from: '1m20s',
      silent: {
        'when one scrape is lost, and when it is cAdvisor that is gone': { up: '1x3 0', 'up{service="container-exporter"}': '1x3 0 1' },
        'about another job': { up: null, 'up{service="container-exporter"}': null, 'up{job="node", service="container-exporter"}': 0 },
      },
    },
    down('DockerEngineDown', 'docker_engine_up', { labels: { name: '' } }),
    {
      alert: 'ContainerDown',
      severity: 'warning',
      every: '5s',
      result: { container_label_com_docker_compose_project: 'shop', container_label_com_docker_compose_service: 'web' },
      series: {
        'up{name=""}': 1,
        [WEB]: '0+15x6 stale',
      },
      from: '2m10s',
      shown: '40s',
      watched: '6m',
      fires: {
        'for half an hour after a container was removed': { change: {}, from: '2m10s', until: '31m30s', lastShown: '29m 55s' },
        'where the exporter stands in for cAdvisor': { change: { 'docker_engine_up{name=""}': 1 }, from: '2m10s' },
        'again a minute after the engine came back without the container': {
          change: {
            'docker_engine_up{name=""}': '1x5 0x6 1',
            [WEB]: '0+15x5 stale',
          },
          from: '4m',
          shown: '2m 45s',
        },
      },
      silent: {
        'when a container is replaced by one of the same name': {
          'container_last_seen{id="/docker/2", image="shop:1", container_label_com_docker_compose_project="shop", container_label_com_docker_compose_service="web"}':
            '_x7 120+15',
        },
        'about a one-off container': {
          [WEB]: null,
          'container_last_seen{id="/docker/1", image="shop:1"}': '0+15x6 stale',
        },
        'when it is cAdvisor that is gone': { 'up{name=""}': '1x6 0' },
        "about cAdvisor's containers when cAdvisor is gone and the exporter is not": {
          'up{name=""}': '1x6 0',
          'up{name="", service="container-exporter"}': 1,
        },
        'while the engine does not answer, and until every container was seen again': {
          'docker_engine_up{name=""}': '1x5 0x6 1',
          [WEB]: '0+15x5 stale _x6 195+15',
        },
        'about a control group that is no container': {
          [WEB]: null,
          'container_last_seen{name="", id="/system.slice/cron.service", container_label_com_docker_compose_service="web"}': '0+15x6 stale',
        },
        'when cAdvisor is gone and another exporter of the server answers': {
          [WEB]: null,
          'up{name=""}': '1x6 0',
          'up{name="", job="node", service="node"}': 1,
          'container_last_seen{id="/docker/1", image="shop:1", container_label_com_docker_compose_service="web"}': '0+15x6 stale',
        },
        'when cAdvisor is gone and a namesake in another job answers': {
          [WEB]: null,
          'up{name=""}': '1x6 0',
          'up{name="", job="node"}': 1,
          'container_last_seen{id="/docker/1", image="shop:1", container_label_com_docker_compose_service="web"}': '0+15x6 stale',
        },
      },
    },
    {
      alert: 'HighContainerRestartRate',
      severity: 'warning',
      scrape: '1m',
      series: { 'container_start_time_seconds{id="/docker/1", image="shop:1"}': '1x1 2x1 3x1 4x1 5' },
      from: '8m',
      shown: '4',
      silent: {
        'at three restarts': { 'container_start_time_seconds{id="/docker/1", image="shop:1"}': '1x1 2x1 3x1 4' },
        'about a control group that is no container': {
          'container_start_time_seconds{id="/docker/1", image="shop:1"}': null,
          'container_start_time_seconds{name="", id="/system.slice/cron.service"}': '0+4',
        },
      },
    },
    {
      alert: 'ContainerRestartLoop',
      severity: 'critical',
      scrape: '1m',
      labels: { container_label_com_docker_compose_project: 'shop', container_label_com_docker_compose_service: 'web' },
      series: { docker_container_restarts_total: '0x10 6' },
      from: '11m',
      shown: '6',
      silent: {
        'at four restarts, and when a new container takes the name': {
          docker_container_restarts_total: null,
          'docker_container_restarts_total{container_label_com_docker_compose_project="", container_label_com_docker_compose_service=""}':
            '0x10 4',
          'docker_container_restarts_total{container_label_com_docker_compose_project="", container_label_com_docker_compose_service="", name="shop-job-1"}':
            '40x10 0',
        },
      },
    },
    {
      alert: 'ContainerExitedWithError',
      severity: 'warning',
      labels: { name: 'shop-job-1', container_label_com_docker_compose_project: 'shop', container_label_com_docker_compose_service: 'job' },
      series: {
        docker_container_last_exit_code: '_x5 3',
        docker_container_finish_timestamp_seconds: '_x5 70',
        'docker_container_state{state="running"}': '1x4 stale',
        'docker_container_state{state="exited"}': '_x5 1',
      },
      from: '1m45s',
      shown: '3',
      silent: {
        'when it was interrupted': { docker_container_last_exit_code: '_x5 130' },
        'when it was killed': { docker_container_last_exit_code: '_x5 137' },
        'when it was stopped': { docker_container_last_exit_code: '_x5 143' },
        'when it ended well': { docker_container_last_exit_code: '_x5 0' },
        'when it runs again': { 'docker_container_state{state="running"}': 1, 'docker_container_state{state="exited"}': null },
        'about a container that is not of Compose': 'container_label_com_docker_compose_service=""',
      },
    },
    {
      alert: 'ContainerExitedWithError',
      severity: 'warning',
      every: '1m',
      scrape: '5m',
      labels: { name: 'shop-job-1', container_label_com_docker_compose_service: 'job' },
      series: {
        docker_container_last_exit_code: 3,
        docker_container_finish_timestamp_seconds: 1,
        'docker_container_state{state="dead"}': 1,
      },
      from: '1m',
      until: '1d1m',
      shown: '3',
    },
    {
      alert: 'ContainerUnhealthy',
      severity: 'warning',
      labels: { id: '/docker/1', image: 'shop:1' },
      series: { container_health_state: '1x4 0' },
      from: '7m',
      silent: {
        'while a container starts within four minutes': { container_health_state: '0x16 1' },
        'about a container without healthcheck': { container_health_state: -1 },
        'about a control group that is no container': {
          container_health_state: null,
          'container_health_state{name="", image="", id="/system.slice/cron.service"}': 0,
        },
      },
    },
    {
      alert: 'HighContainerMemory',
      severity: 'warning',
      labels: { id: '/docker/1', image: 'shop:1' },
      series: { container_memory_working_set_bytes: above(850, 860), container_spec_memory_limit_bytes: 1000 },
      from: '5m',
      shown: '86.0',
      silent: {
        'about a container without limit': { container_spec_memory_limit_bytes: 0 },
        'about a control group that is no container': [
          'id="/system.slice/cron.service"',
          {
            container_memory_working_set_bytes: null,
            container_spec_memory_limit_bytes: null,
            'container_memory_working_set_bytes{name="", image=""}': 99,
            'container_spec_memory_limit_bytes{name="", image=""}': 100,
          },
        ],
      },
    },
    {
      alert: 'CriticalContainerMemory',
      severity: 'critical',
      labels: { id: '/docker/1', image: 'shop:1' },
      series: { container_memory_working_set_bytes: above(950, 960), container_spec_memory_limit_bytes: 1000 },
      from: '15s',
      shown: '96.0',
      silent: {
        'about a control group that is no container': [
          'id="/system.slice/cron.service"',
          {
            container_memory_working_set_bytes: null,
            container_spec_memory_limit_bytes: null,
            'container_memory_working_set_bytes{name="", image=""}': 99,
            'container_spec_memory_limit_bytes{name="", image=""}': 100,
          },
        ],
      },
    },
    {
      alert: 'ContainerCPUThrottling',
      severity: 'warning',
      labels: { id: '/docker/1', image: 'shop:1' },
      series: { container_cpu_cfs_throttled_periods_total: above('0+25', '0+26'), container_cpu_cfs_periods_total: '0+100' },
      from: '10m15s',
      shown: '26.0',
      silent: {
        'about a control group that is no container': [
          'id="/system.slice/cron.service"',
          {
            container_cpu_cfs_throttled_periods_total: null,
            container_cpu_cfs_periods_total: null,
            'container_cpu_cfs_throttled_periods_total{name="", image=""}': '0+9',
            'container_cpu_cfs_periods_total{name="", image=""}': '0+10',
          },
        ],
      },
    },
    {
      alert: 'ContainerOOMKilled',
      severity: 'critical',
      series: { 'container_oom_events_total{id="/docker/1", image="shop:1"}': '0x4 1' },
      from: '1m15s',
      fires: {
        'for five minutes after the moment that the engine knows, also when cAdvisor never saw the container': {
          change: {
            'container_oom_events_total{id="/docker/1", image="shop:1"}': null,
            'docker_container_last_oom_kill_timestamp_seconds{name="shop-job-1", container_label_com_docker_compose_project="shop", container_label_com_docker_compose_service="job"}':
              '_x5 45',
          },
          from: '1m15s',
          until: '5m45s',
          result: {
            container_label_com_docker_compose_project: 'shop',
            container_label_com_docker_compose_service: 'job',
            name: 'shop-job-1',
          },
        },
        'once for a kill that cAdvisor and the engine both saw': {
          change: { 'docker_container_last_oom_kill_timestamp_seconds{service="container-exporter"}': '_x5 70' },
          from: '1m15s',
        },
      },
      silent: {
        'about kills of the past': { 'container_oom_events_total{id="/docker/1", image="shop:1"}': 1 },
        'about a control group that is no container': {
          'container_oom_events_total{id="/docker/1", image="shop:1"}': null,
          'container_oom_events_total{name="", id="/system.slice/cron.service"}': '0+1',
        },
      },
    },
  ],
});
