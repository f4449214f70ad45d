import { above, below, down, ruleTable } from '../../scripts/rules/table.ts';

export default ruleTable({
  category: 'infrastructure',
  labels: { job: 'node', instance: 'web-1', service: 'node' },
  alerts: [
    down('ServerDown', 'up', { sms: true, silent: { 'about another exporter': { up: null, 'up{job="redis"}': 0 } } }),
    {
      alert: 'ServerUnreachable',
      severity: 'critical',
      sms: true,
      every: '5s',
      series: { up: '1x3 0' },
      from: '6m',
      silent: { 'through a reboot of four minutes': { up: '1x3 0x16 1' }, 'about another exporter': { up: null, 'up{job="redis"}': 0 } },
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
      series: {
        'node_cpu_seconds_total{cpu="0", mode="idle"}': '0+0.6',
        'node_cpu_seconds_total{cpu="0", mode="iowait"}': 0,
        'node_cpu_seconds_total{cpu="0", mode="user"}': '0+14.4',
      },
      from: '45s',
      shown: '96.0',
      silent: {
        'at 94 %': { 'node_cpu_seconds_total{cpu="0", mode="idle"}': '0+0.9', 'node_cpu_seconds_total{cpu="0", mode="user"}': '0+14.1' },
      },
    },
    {
      alert: 'HighIOWait',
      severity: 'warning',
      series: {
        'node_cpu_seconds_total{cpu="0", mode="idle"}': '0+10',
        'node_cpu_seconds_total{cpu="0", mode="iowait"}': '0+3.15',
        'node_cpu_seconds_total{cpu="0", mode="user"}': '0+1.85',
      },
      from: '7m',
      shown: '21.0',
      silent: {
        'at 19 %': { 'node_cpu_seconds_total{cpu="0", mode="iowait"}': '0+2.85', 'node_cpu_seconds_total{cpu="0", mode="user"}': '0+2.15' },
      },
    },
    {
      alert: 'HighLoadAverage',
      severity: 'warning',
      series: {
        node_load5: above(4, 4.1),
        'node_cpu_seconds_total{cpu="0", mode="idle"}': '0+1',
        'node_cpu_seconds_total{cpu="1", mode="idle"}': '0+1',
      },
      from: '5m',
      shown: '2.0',
      fires: {
        'at the load of each core, counted once': {
          change: {
            'node_cpu_seconds_total{cpu="1", mode="idle"}': null,
            node_load5: 2.5,
            'node_cpu_seconds_total{cpu="0", mode="user"}': '0+14',
          },
          from: '5m',
          shown: '2.5',
        },
      },
    },
    {
      alert: 'HighContextSwitching',
      severity: 'warning',
      every: '5m',
      scrape: '1m',
      series: { node_context_switches_total: '0+600000x1500 900600000+3000000' },
      from: '1d1h20m',
      shown: '4.8',
      fires: {
        'at 24,000 per second': {
          change: { node_context_switches_total: '0+120000x1500 181440000+1440000' },
          from: '1d1h20m',
          shown: '10.8',
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
      series: { node_memory_MemAvailable_bytes: below(50, 40), node_memory_MemTotal_bytes: 1000 },
      from: '15s',
      shown: '96.0',
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
      severity: 'critical',
      series: { node_vmstat_oom_kill: '3x4 4' },
      from: '1m15s',
      shown: '1',
      silent: { 'about kills of the past': { node_vmstat_oom_kill: 3 } },
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
      series: { node_filesystem_avail_bytes: below(100, 90), node_filesystem_size_bytes: 1000, node_filesystem_readonly: 0 },
      from: '15s',
      shown: '9.0',
      silent: { 'about memory': ['device="tmpfs", fstype="tmpfs", mountpoint="/run"', { node_filesystem_avail_bytes: 1 }] },
    },
    {
      alert: 'DiskWillFillIn4Hours',
      severity: 'warning',
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
      alert: 'ClockSkew',
      severity: 'warning',
      series: { node_timex_offset_seconds: -0.06 },
      from: '5m',
      shown: '60ms',
      silent: { 'at 50 ms': { node_timex_offset_seconds: 0.05 } },
    },
  ],
});
