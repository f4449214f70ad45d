import { above, ruleTable } from '../../scripts/rules/table.ts';

/** A container of Compose. */
const WEB =
  'container_last_seen{id="/docker/1", image="shop:1", container_label_com_docker_compose_project="shop", container_label_com_docker_compose_service="web"}';

export default ruleTable({
  category: 'infrastructure',
  labels: { job: 'containers', instance: 'web-1', service: 'cadvisor', name: 'shop-web-1' },
  alerts: [
    {
      alert: 'DeploymentInProgress',
      severity: 'info',
      every: '5s',
      labels: {
        container_label_com_docker_compose_project: 'shop',
        container_label_com_docker_compose_service: 'web',
        name: '',
        unit: 'shop/web',
      },
      result: { job: '', service: '', server: 'web-1', target_host: 'web' },
      series: {
        'docker_service_planned_stop_timestamp_seconds{server="web-1"}': '_x3 40',
        'docker_service_host_info{server="web-1", host="web"}': '_x3 1',
        'docker_service_host_info{server="web-1", host="shop-web-1"}': '_x3 1',
        'up{target_host="web", job="apps"}': 1,
      },
      from: '45s',
      until: '3m40s',
      shown: '5s',
      lastShown: '2m 55s',
      fires: {
        'once, without a name, where no target reaches the service by one': {
          change: { 'up{target_host="web", job="apps"}': null, 'up{job="apps"}': 1 },
          from: '45s',
          until: '3m40s',
          lastShown: '2m 55s',
          result: { job: '', service: '', server: 'web-1', target_host: '' },
        },
        'about a container without Compose': {
          change: 'container_label_com_docker_compose_project="", container_label_com_docker_compose_service="", unit="proxy"',
          from: '45s',
        },
        'after a failure that was before the stop': {
          change: { 'docker_service_failure_timestamp_seconds{server="web-1"}': 39 },
          from: '45s',
        },
        'while another service fails': {
          change: {
            'docker_service_failure_timestamp_seconds{server="web-1", container_label_com_docker_compose_service="worker", unit="shop/worker"}':
              '_x3 42',
          },
          from: '45s',
        },
        'for three minutes from the last of several stops': {
          change: { 'docker_service_planned_stop_timestamp_seconds{server="web-1"}': '_x3 40x6 140' },
          from: '45s',
          until: '5m20s',
          lastShown: '2m 55s',
        },
      },
      silent: {
        'once a container of the service failed': {
          'docker_service_failure_timestamp_seconds{server="web-1"}': '_x3 41',
        },
      },
    },
    {
      alert: 'CadvisorDown',
      severity: 'warning',
      every: '5s',
      labels: { name: '' },
      series: { up: '1x3 0' },
      from: '3m',
      silent: {
        'during an upgrade of two minutes': { up: '1x3 0x7 1' },
        'when the exporter is gone': { up: 1, 'up{service="container-exporter"}': '1x3 0' },
        'about another exporter': { up: null, 'up{job="node", service="web-1"}': 0 },
      },
    },
    {
      alert: 'ContainerExporterDown',
      severity: 'warning',
      every: '5s',
      labels: { name: '' },
      result: { service: 'container-exporter' },
      series: { up: 1, 'up{service="container-exporter"}': '1x3 0' },
      from: '3m',
      silent: {
        'during an upgrade of two minutes, and when it is cAdvisor that is gone': {
          up: '1x3 0',
          'up{service="container-exporter"}': '1x3 0x7 1',
        },
        'about another job': { up: null, 'up{service="container-exporter"}': null, 'up{job="node", service="container-exporter"}': 0 },
      },
    },
    {
      alert: 'DockerEngineDown',
      severity: 'critical',
      every: '5s',
      labels: { name: '' },
      series: { docker_engine_up: '1x3 0' },
      from: '3m',
      silent: { 'while the engine is upgraded': { docker_engine_up: '1x3 0x7 1' } },
    },
    {
      alert: 'ContainerDown',
      severity: 'warning',
      labels: { container_label_com_docker_compose_project: 'shop', container_label_com_docker_compose_service: 'web' },
      series: {
        docker_container_finish_timestamp_seconds: '_x4 60',
        'docker_container_state{state="running"}': '1x3 stale',
        'docker_container_state{state="exited"}': '_x4 1',
        'docker_container_restart_policy{policy="always"}': 1,
      },
      from: '1m30s',
      shown: '30s',
      watched: '6m',
      fires: {
        'as long as it does not run': { change: {}, at: '2h', shown: '1h 59m 0s' },
        'where it is not to run after a stop by hand': {
          change: {
            'docker_container_restart_policy{policy="always"}': null,
            'docker_container_restart_policy{policy="unless-stopped"}': 1,
          },
          from: '1m30s',
        },
        'about one that the engine could not remove': {
          change: { 'docker_container_state{state="exited"}': null, 'docker_container_state{state="dead"}': '_x4 1' },
          from: '1m30s',
        },
        'through a lost scrape': {
          change: {
            docker_container_finish_timestamp_seconds: '_x4 60x8 stale 60',
            'docker_container_state{state="exited"}': '_x4 1x8 stale 1',
            'docker_container_restart_policy{policy="always"}': '1x12 stale 1',
          },
          at: '3m15s',
          shown: '2m 0s',
        },
      },
      silent: {
        'when it is replaced within half a minute': {
          docker_container_finish_timestamp_seconds: '_x4 60 stale',
          'docker_container_state{state="exited"}': '_x4 1 stale',
        },
        'when it is removed': { 'docker_container_state{state="exited"}': null, 'docker_container_state{state="removed"}': '_x4 1' },
        'when it runs again': { 'docker_container_state{state="running"}': 1, 'docker_container_state{state="exited"}': null },
        'about a job that runs once': {
          'docker_container_restart_policy{policy="always"}': null,
          'docker_container_restart_policy{policy="no"}': 1,
          'docker_container_restart_policy{policy="on-failure", name="shop-job-1"}': 1,
        },
        'about a container that is not of Compose': 'container_label_com_docker_compose_service=""',
        'about what ended on another server': {
          'docker_container_state{state="exited"}': null,
          'docker_container_state{state="exited", instance="web-2"}': '_x4 1',
        },
        'about another container': {
          'docker_container_state{state="exited"}': null,
          'docker_container_state{state="exited", name="shop-worker-1"}': '_x4 1',
        },
      },
    },
    {
      alert: 'ContainerDown',
      severity: 'warning',
      every: '1m',
      scrape: '1m',
      result: { container_label_com_docker_compose_project: 'shop', container_label_com_docker_compose_service: 'web' },
      series: {
        'up{name=""}': 1,
        [WEB]: '0+60x2 stale',
      },
      from: '4m',
      shown: '2m 0s',
      watched: '8m',
      fires: {
        'for six hours after a container went that only cAdvisor knows': {
          change: {},
          from: '4m',
          until: '6h3m',
          lastShown: '5h 59m 0s',
        },
      },
      silent: {
        'when a container is replaced by one of the same name': {
          'container_last_seen{id="/docker/2", image="shop:1", container_label_com_docker_compose_project="shop", container_label_com_docker_compose_service="web"}':
            '_x3 180+60',
        },
        'where the engine knows better': { 'docker_engine_up{name=""}': 1 },
        'about a one-off container': {
          [WEB]: null,
          'container_last_seen{id="/docker/1", image="shop:1"}': '0+60x2 stale',
        },
        'when it is cAdvisor that is gone': { 'up{name=""}': '1x2 0' },
        'about a control group that is no container': {
          [WEB]: null,
          'container_last_seen{name="", id="/system.slice/cron.service", container_label_com_docker_compose_service="web"}': '0+60x2 stale',
        },
        'when cAdvisor is gone and another exporter of the server answers': {
          [WEB]: null,
          'up{name=""}': '1x2 0',
          'up{name="", job="node", service="node"}': 1,
          'container_last_seen{id="/docker/1", image="shop:1", container_label_com_docker_compose_service="web"}': '0+60x2 stale',
        },
        'when cAdvisor is gone and a namesake in another job answers': {
          [WEB]: null,
          'up{name=""}': '1x2 0',
          'up{name="", job="node"}': 1,
          'container_last_seen{id="/docker/1", image="shop:1", container_label_com_docker_compose_service="web"}': '0+60x2 stale',
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
      scrape: '15s',
      labels: { container_label_com_docker_compose_project: 'shop', container_label_com_docker_compose_service: 'web' },
      series: {
        docker_container_restarts_total: '0x40 6x3 7x3 8x3 9x3 10',
        docker_container_start_timestamp_seconds: '0x40 600x3 660x3 720x3 780x3 840',
      },
      from: '13m15s',
      shown: '9',
      silent: {
        'about one that runs again after a minute of attempts': { docker_container_start_timestamp_seconds: '0x40 600x3 645' },
        'at four restarts, and when a new container takes the name': {
          docker_container_restarts_total: null,
          'docker_container_restarts_total{container_label_com_docker_compose_project="", container_label_com_docker_compose_service=""}':
            '0x40 4',
          'docker_container_restarts_total{container_label_com_docker_compose_project="", container_label_com_docker_compose_service="", name="shop-job-1"}':
            '40x40 0',
        },
        'about another container': {
          docker_container_start_timestamp_seconds: 0,
          'docker_container_start_timestamp_seconds{name="shop-job-1"}': '0x40 600x3 660x3 720x3 780x3 840',
        },
      },
    },
    {
      alert: 'ContainerExitedWithError',
      severity: 'warning',
      labels: { name: 'shop-job-1', container_label_com_docker_compose_project: 'shop', container_label_com_docker_compose_service: 'job' },
      series: {
        docker_container_last_exit_code: '_x5 3',
        docker_container_ended_on_purpose: '_x5 0',
        docker_container_finish_timestamp_seconds: '_x5 70',
        'docker_container_state{state="running"}': '1x4 stale',
        'docker_container_state{state="exited"}': '_x5 1',
      },
      from: '1m45s',
      shown: '3',
      fires: {
        'when it was killed, but by no one who would stop it': {
          change: { docker_container_last_exit_code: '_x5 137' },
          from: '1m45s',
          shown: '137',
        },
        'about an end before the exporter was started': { change: { docker_container_ended_on_purpose: null }, from: '1m45s' },
        'through a lost scrape': {
          change: {
            docker_container_last_exit_code: '_x5 3x7 stale 3',
            docker_container_ended_on_purpose: '_x5 0x7 stale 0',
            'docker_container_state{state="exited"}': '_x5 1x7 stale 1',
          },
          at: '3m15s',
        },
      },
      silent: {
        'when it was stopped on purpose': { docker_container_ended_on_purpose: '_x5 1' },
        'when it was interrupted before the exporter was started': {
          docker_container_ended_on_purpose: null,
          docker_container_last_exit_code: '_x5 130',
        },
        'when it was killed before the exporter was started': {
          docker_container_ended_on_purpose: null,
          docker_container_last_exit_code: '_x5 137',
        },
        'when it was stopped before the exporter was started': {
          docker_container_ended_on_purpose: null,
          docker_container_last_exit_code: '_x5 143',
        },
        'when it ended well': { docker_container_last_exit_code: '_x5 0' },
        'when it runs again': { 'docker_container_state{state="running"}': 1, 'docker_container_state{state="exited"}': null },
        'about a container that is not of Compose': 'container_label_com_docker_compose_service=""',
        'about another container': {
          docker_container_ended_on_purpose: null,
          docker_container_finish_timestamp_seconds: null,
          'docker_container_ended_on_purpose{name="shop-web-1"}': '_x5 0',
          'docker_container_finish_timestamp_seconds{name="shop-web-1"}': '_x5 70',
        },
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
      until: '1d2m',
      shown: '3',
      fires: {
        'as long as it is there, where it is known that no one stopped it': {
          change: { docker_container_ended_on_purpose: 0 },
          at: '25h',
        },
      },
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
      series: {
        container_memory_working_set_bytes: above(900, 910),
        container_memory_total_active_file_bytes: 50,
        container_spec_memory_limit_bytes: 1000,
      },
      from: '5m',
      shown: '86.0',
      fires: {
        'where cAdvisor does not show the pages of files': {
          change: { container_memory_total_active_file_bytes: null },
          from: '5m',
          shown: '91.0',
        },
      },
      silent: {
        'while a copy fills the memory with pages of files': {
          container_memory_working_set_bytes: 990,
          container_memory_total_active_file_bytes: 800,
        },
        'about a container without limit': { container_spec_memory_limit_bytes: 0 },
        'about a control group that is no container': [
          'id="/system.slice/cron.service"',
          {
            container_memory_working_set_bytes: null,
            container_memory_total_active_file_bytes: null,
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
      series: {
        container_memory_working_set_bytes: above(970, 980),
        container_memory_total_active_file_bytes: 20,
        container_spec_memory_limit_bytes: 1000,
      },
      from: '2m',
      shown: '96.0',
      fires: {
        'where cAdvisor does not show the pages of files': {
          change: { container_memory_total_active_file_bytes: null },
          from: '2m',
          shown: '98.0',
        },
      },
      silent: {
        'while a copy fills the memory with pages of files': {
          container_memory_working_set_bytes: 990,
          container_memory_total_active_file_bytes: 800,
        },
        'at a peak of a minute': { container_memory_working_set_bytes: '500x4 980x4 500' },
        'about a control group that is no container': [
          'id="/system.slice/cron.service"',
          {
            container_memory_working_set_bytes: null,
            container_memory_total_active_file_bytes: null,
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
