import { above, below, down, ruleTable, type AlertTest } from '../../scripts/rules/table.ts';

/** What proves that a server answers, and what does not. */
function nothingAnswers(from: string): Required<Pick<AlertTest, 'fires' | 'silent'>> {
  return {
    fires: {
      'although an exporter on it answers for a database': { change: { 'up{job="postgres", instance="db"}': 1 }, from },
      'although another server answers': { change: { 'up{job="apps", instance="shop", server="web-2"}': 1 }, from },
      'although a target of an unknown server answers': {
        change: ['server=""', { 'up{job="apps", instance="shop"}': 1 }],
        from,
      },
      'where nothing on it answers': { change: { 'up{job="apps", instance="shop"}': 0 }, from },
    },
    silent: {
      'about another exporter': { up: null, 'up{job="redis"}': 0 },
      'where Prometheus runs on it': { 'up{job="prometheus", instance="prometheus"}': 1 },
      'where an application on it answers': { 'up{job="apps", instance="shop"}': 1 },
      'where its containers are seen': { 'up{job="containers", instance="web-1", service="cadvisor"}': 1 },
    },
  };
}

export default ruleTable({
  category: 'infrastructure',
  labels: { job: 'node', instance: 'web-1', service: 'node', server: 'web-1' },
  alerts: [
    down('ServerDown', 'up', { from: '1m40s', sms: true, ...nothingAnswers('1m40s') }),
    {
      alert: 'ServerUnreachable',
      severity: 'critical',
      sms: true,
      every: '5s',
      series: { up: '1x3 0' },
      from: '6m',
      fires: nothingAnswers('6m').fires,
      silent: { ...nothingAnswers('6m').silent, 'through a reboot of four minutes': { up: '1x3 0x16 1' } },
    },
    {
      alert: 'NodeExporterDown',
      severity: 'warning',
      every: '5s',
      series: { up: '1x3 0', 'up{job="prometheus", instance="prometheus"}': 1 },
      from: '3m',
      fires: {
        'where an application answers': {
          change: { 'up{job="prometheus", instance="prometheus"}': null, 'up{job="apps", instance="shop"}': 1 },
          from: '3m',
        },
      },
      silent: {
        'where nothing else answers': { 'up{job="prometheus", instance="prometheus"}': 0 },
        'where only an exporter answers': {
          'up{job="prometheus", instance="prometheus"}': null,
          'up{job="redis", instance="cache"}': 1,
        },
        'where another server answers': {
          'up{job="prometheus", instance="prometheus"}': null,
          'up{job="apps", instance="shop", server="web-2"}': 1,
        },
        'on an unknown server': ['server=""', {}],
        'about another exporter': { up: null, 'up{job="redis", instance="cache"}': 0 },
        'while it answers': { up: 1 },
      },
    },
    {
      alert: 'RebootInProgress',
      severity: 'info',
      every: '5s',
      // The test begins at second 0, half a minute after the boot. Two of three containers ended before it, one failed while it started.
      series: {
        node_boot_time_seconds: -30,
        'docker_container_finish_timestamp_seconds{job="containers", name="db"}': -60,
        'docker_container_finish_timestamp_seconds{job="containers", name="shop"}': -800,
        'docker_container_finish_timestamp_seconds{job="containers", name="web"}': -10,
        'docker_container_finish_timestamp_seconds{job="containers", name="job"}': -90000,
      },
      from: '0s',
      shown: '30s',
      until: '2m30s',
      lastShown: '2m 55s',
      silent: {
        'after a power cut: the engine found them dead at its start': {
          'docker_container_finish_timestamp_seconds{job="containers", name="db"}': -10,
          'docker_container_finish_timestamp_seconds{job="containers", name="shop"}': -10,
        },
        'after a power cut, where half of them had ended shortly before': {
          'docker_container_finish_timestamp_seconds{job="containers", name="shop"}': null,
        },
        'where nothing ended since long before': {
          'docker_container_finish_timestamp_seconds{job="containers", name="db"}': -1000,
          'docker_container_finish_timestamp_seconds{job="containers", name="shop"}': null,
          'docker_container_finish_timestamp_seconds{job="containers", name="web"}': null,
        },
        'where the containers are another server’s': {
          'docker_container_finish_timestamp_seconds{job="containers", name="db"}': null,
          'docker_container_finish_timestamp_seconds{job="containers", name="shop"}': null,
          'docker_container_finish_timestamp_seconds{job="containers", name="db", server="web-2"}': -60,
        },
        'long after': { node_boot_time_seconds: -180 },
      },
    },
    {
      alert: 'HighCPUUsage',
      severity: 'warning',
      series: {
        'node_cpu_seconds_total{cpu="0", mode="idle"}': '0+2.1',
        'node_cpu_seconds_total{cpu="0", mode="iowait"}': '0+0.75',
        'node_cpu_seconds_total{cpu="0", mode="user"}': '0+12.15',
      },
      from: '5m15s',
      shown: '81.0',
      silent: {
        'at 79 %': {
          'node_cpu_seconds_total{cpu="0", mode="idle"}': '0+2.25',
          'node_cpu_seconds_total{cpu="0", mode="iowait"}': '0+0.9',
          'node_cpu_seconds_total{cpu="0", mode="user"}': '0+11.85',
        },
      },
    },
    {
      alert: 'CriticalCPUUsage',
      severity: 'critical',
      every: '5s',
      series: {
        'node_cpu_seconds_total{cpu="0", mode="idle"}': '0+0.3',
        'node_cpu_seconds_total{cpu="0", mode="iowait"}': '0+0.3',
        'node_cpu_seconds_total{cpu="0", mode="user"}': '0+14.4',
        'node_cpu_seconds_total{cpu="1", mode="idle"}': '0+0.3',
        'node_cpu_seconds_total{cpu="1", mode="iowait"}': '0+0.3',
        'node_cpu_seconds_total{cpu="1", mode="user"}': '0+14.4',
        node_procs_running: above(8, 9),
      },
      from: '2m15s',
      shown: '96.0',
      fires: {
        'in time although a scrape is lost': {
          change: {
            'node_cpu_seconds_total{cpu="0", mode="idle"}': '0+0.3x4 stale 1.8+0.3',
            'node_cpu_seconds_total{cpu="0", mode="iowait"}': '0+0.3x4 stale 1.8+0.3',
            'node_cpu_seconds_total{cpu="1", mode="idle"}': '0+0.3x4 stale 1.8+0.3',
            'node_cpu_seconds_total{cpu="1", mode="iowait"}': '0+0.3x4 stale 1.8+0.3',
            node_procs_running: '9x4 stale 9',
          },
          from: '2m15s',
        },
      },
      silent: {
        'at 94 %': { 'node_cpu_seconds_total{cpu="0", mode="idle"}': '0+0.9', 'node_cpu_seconds_total{cpu="0", mode="user"}': '0+13.8' },
        'during a build of ten minutes, with two tasks per core': { node_procs_running: '5x40 1' },
        'when a deployment is over after two minutes': { node_procs_running: '20x7 1' },
      },
      watched: '12m',
    },
    {
      alert: 'HighIOWait',
      severity: 'warning',
      every: '1m',
      series: {
        'node_cpu_seconds_total{cpu="0", mode="idle"}': '0+10',
        'node_cpu_seconds_total{cpu="0", mode="iowait"}': '0+3.15',
        'node_cpu_seconds_total{cpu="0", mode="user"}': '0+1.85',
      },
      from: '35m',
      shown: '21.0',
      silent: {
        'at 19 %': { 'node_cpu_seconds_total{cpu="0", mode="iowait"}': '0+2.85', 'node_cpu_seconds_total{cpu="0", mode="user"}': '0+2.15' },
        'during a batch job of twenty minutes that does nothing else': {
          'node_cpu_seconds_total{cpu="0", mode="idle"}': '0+0x80 0+15',
          'node_cpu_seconds_total{cpu="0", mode="iowait"}': '0+15x80 1200+0',
        },
      },
    },
    {
      alert: 'HighLoadAverage',
      severity: 'warning',
      every: '1m',
      series: {
        node_load5: above(4, 4.1),
        'node_cpu_seconds_total{cpu="0", mode="idle"}': '0+1',
        'node_cpu_seconds_total{cpu="1", mode="idle"}': '0+1',
      },
      from: '30m',
      shown: '2.0',
      fires: {
        'in time although a scrape is lost': {
          change: {
            node_load5: '4.1x40 stale 4.1',
            'node_cpu_seconds_total{cpu="0", mode="idle"}': '0+1x40 stale 42+1',
            'node_cpu_seconds_total{cpu="1", mode="idle"}': '0+1x40 stale 42+1',
          },
          from: '30m',
        },
        'at the load of each core, counted once': {
          change: {
            'node_cpu_seconds_total{cpu="1", mode="idle"}': null,
            node_load5: 2.5,
            'node_cpu_seconds_total{cpu="0", mode="user"}': '0+14',
          },
          from: '30m',
          shown: '2.5',
        },
      },
      silent: { 'during a batch job of twenty minutes': { node_load5: '8x95 1' } },
    },
    {
      alert: 'HighContextSwitching',
      severity: 'warning',
      every: '5m',
      scrape: '1m',
      series: { node_context_switches_total: '0+600000x1500 900600000+3000000' },
      from: '1d1h35m',
      shown: '4.6',
      fires: {
        'at 24,000 per second': {
          change: { node_context_switches_total: '0+120000x1500 181440000+1440000' },
          from: '1d1h35m',
          shown: '9.8',
        },
      },
      silent: {
        'at three times its day': { node_context_switches_total: '0+600000x1500 901800000+1800000' },
        'on an idle server that wakes up': { node_context_switches_total: '0+60000x1500 90180000+900000' },
        'on a server that has no day to compare with': { node_context_switches_total: '0+60000x60 3660000+3000000' },
      },
    },
    {
      alert: 'HighMemoryUsage',
      severity: 'warning',
      series: { node_memory_MemAvailable_bytes: below(200, 190), node_memory_MemTotal_bytes: 1000 },
      from: '5m',
      shown: '81.0',
      fires: {
        'in time although a scrape is lost': {
          change: { node_memory_MemAvailable_bytes: '190x9 stale 190', node_memory_MemTotal_bytes: '1000x9 stale 1000' },
          from: '5m',
        },
      },
    },
    {
      alert: 'CriticalMemoryUsage',
      severity: 'critical',
      every: '5s',
      series: { node_memory_MemAvailable_bytes: below(50, 40), node_memory_MemTotal_bytes: 1000 },
      from: '2m',
      shown: '96.0',
      silent: { 'when a deployment is over after a minute': { node_memory_MemAvailable_bytes: '10x4 900' } },
    },
    {
      alert: 'HighSwapUsage',
      severity: 'warning',
      series: { node_memory_SwapFree_bytes: below(200, 190), node_memory_SwapTotal_bytes: 1000 },
      from: '10m',
      shown: '81.0',
      silent: { 'on a host without swap': { node_memory_SwapFree_bytes: 0, node_memory_SwapTotal_bytes: 0 } },
    },
    {
      alert: 'OutOfMemoryKill',
      severity: 'warning',
      every: '1m',
      series: { node_vmstat_oom_kill: '3x3 4' },
      from: '1m',
      until: '1h1m',
      shown: '1',
      fires: {
        'although a container was killed more than an hour before': {
          change: {
            node_vmstat_oom_kill: '3x279 4',
            'docker_container_last_oom_kill_timestamp_seconds{job="containers", name="shop"}': 60,
            'container_oom_events_total{job="containers", name="shop"}': '0x3 1',
          },
          from: '1h10m',
        },
        'although a container of another server was killed': {
          change: { 'docker_container_last_oom_kill_timestamp_seconds{job="containers", name="shop", server="web-2"}': 60 },
          from: '1m',
        },
      },
      silent: {
        'about kills of the past': { node_vmstat_oom_kill: 3 },
        'about a container, which the engine saw a scrape earlier': {
          'docker_container_last_oom_kill_timestamp_seconds{job="containers", name="shop"}': 50,
        },
        'about a container that cAdvisor saw': { 'container_oom_events_total{job="containers", name="shop"}': '0x3 1' },
      },
      watched: '1h10m',
    },
    {
      alert: 'HighDiskUsage',
      severity: 'warning',
      labels: { device: '/dev/vda1', fstype: 'ext4', mountpoint: '/' },
      series: { node_filesystem_avail_bytes: below(200, 190), node_filesystem_size_bytes: 1000, node_filesystem_readonly: 0 },
      from: '5m',
      shown: '19.0',
      silent: {
        'about a read-only image, which is full by nature': { node_filesystem_avail_bytes: 0, node_filesystem_readonly: 1 },
        'about tmpfs': ['fstype="tmpfs"', { node_filesystem_avail_bytes: 0 }],
      },
    },
    {
      alert: 'CriticalDiskUsage',
      severity: 'critical',
      sms: true,
      labels: { device: '/dev/vda1', fstype: 'ext4', mountpoint: '/' },
      every: '5s',
      series: { node_filesystem_avail_bytes: below(100, 90), node_filesystem_size_bytes: 1000, node_filesystem_readonly: 0 },
      from: '2m',
      shown: '9.0',
      silent: {
        'when an image pull is over after a minute': { node_filesystem_avail_bytes: '50x4 500' },
        'about memory': ['device="tmpfs", fstype="tmpfs", mountpoint="/run"', { node_filesystem_avail_bytes: 1 }],
      },
    },
    {
      alert: 'DiskWillFillIn4Hours',
      severity: 'warning',
      every: '1m',
      scrape: '1m',
      labels: { device: '/dev/vda1', fstype: 'ext4', mountpoint: '/' },
      series: {
        node_filesystem_avail_bytes: below('450000-1200', '450000-2000'),
        node_filesystem_size_bytes: 1000000,
        node_filesystem_readonly: 0,
      },
      from: '31m',
      silent: {
        'on a disk that is more than half free': { node_filesystem_avail_bytes: '900000-5000' },
        'about memory': [
          'device="tmpfs", fstype="tmpfs", mountpoint="/run"',
          { node_filesystem_avail_bytes: '3000-20', node_filesystem_size_bytes: 10000 },
        ],
        'after a backup of twenty minutes, which an hour still shows': { node_filesystem_avail_bytes: '450000x10 450000-20000x20 50000' },
        'while six tenths are free': { node_filesystem_avail_bytes: '6500-28', node_filesystem_size_bytes: 10000 },
      },
    },
    {
      alert: 'HighInodeUsage',
      severity: 'warning',
      labels: { device: '/dev/vda1', fstype: 'ext4', mountpoint: '/' },
      series: { node_filesystem_files_free: below(200, 190), node_filesystem_files: 1000, node_filesystem_readonly: 0 },
      from: '5m',
      shown: '19.0',
      silent: {
        'on a file system that has no inodes to count': { node_filesystem_files_free: 0, node_filesystem_files: 0 },
        'about memory': ['device="tmpfs", fstype="tmpfs", mountpoint="/run"', { node_filesystem_files_free: 1 }],
      },
    },
    {
      alert: 'HighNetworkErrors',
      severity: 'warning',
      labels: { device: 'eth0' },
      series: { node_network_receive_errs_total: above('0+75', '0+90'), node_network_transmit_errs_total: '0+75' },
      from: '9m45s',
      shown: '11.0',
      silent: {
        'about loopback': ['device="lo"', { node_network_receive_errs_total: '0+300', node_network_transmit_errs_total: '0+300' }],
      },
    },
    {
      alert: 'HighNetworkDrops',
      severity: 'warning',
      labels: { device: 'eth0' },
      series: { node_network_receive_drop_total: above('0+75', '0+90'), node_network_transmit_drop_total: '0+75' },
      from: '9m45s',
      shown: '11.0',
      silent: { 'about a bridge of Docker': ['device="br-0a1b2c"', { node_network_receive_drop_total: '0+900' }] },
    },
    {
      alert: 'TooManyOpenFiles',
      severity: 'warning',
      series: { node_filefd_allocated: 810, node_filefd_maximum: 1000 },
      from: '5m',
      shown: '81.0',
      fires: {
        'after five minutes at 81 % of a process': {
          change: {
            node_filefd_maximum: '9e18',
            'process_open_fds{job="apps", instance="backend", service="shop"}': 810,
            'process_max_fds{job="apps", instance="backend", service="shop"}': 1000,
          },
          from: '5m',
          result: { instance: 'backend', job: 'apps', service: 'shop' },
        },
      },
      silent: {
        'at 80 % of host and process': {
          node_filefd_allocated: 800,
          'process_open_fds{job="apps", instance="backend", service="shop"}': 800,
          'process_max_fds{job="apps", instance="backend", service="shop"}': 1000,
        },
      },
    },
    {
      alert: 'ClockNotSynchronised',
      severity: 'warning',
      every: '1m',
      scrape: '1m',
      series: { node_timex_maxerror_seconds: above(8, 9) },
      from: '1h',
      shown: '9s',
      silent: { 'while a booted server finds its time servers': { node_timex_maxerror_seconds: '16x50 0.02' } },
    },
    {
      alert: 'ClockSkew',
      severity: 'warning',
      series: { node_timex_offset_seconds: -0.06 },
      from: '5m',
      shown: '60ms',
      silent: { 'at 50 ms': { node_timex_offset_seconds: 0.05 } },
    },
  ],
});
