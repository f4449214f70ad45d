import { above, down, ruleTable } from '../../scripts/rules/table.ts';

const EXPORTER = 'up{job="redis-exporter", instance="redis-exporter", service="redis-exporter"}';

/** Each seventh scrape finds one more. */
const REFUSED_NOW_AND_THEN = `2x4 ${Array.from({ length: 12 }, (_, round) => `${round + 3}x6`).join(' ')}`;

/** The state of a Redis with a policy for full memory. */
const policy = (name: string): string => `redis_instance_info{maxmemory_policy="${name}", run_id="4711"}`;

/** Where it makes room by itself. */
const EVICTING = {
  'in a cache': { [policy('allkeys-lru')]: 1 },
  'where keys with an expiry may be evicted': {
    [policy('volatile-ttl')]: 1,
    'redis_db_keys_expiring{db="db0"}': 0,
    'redis_db_keys_expiring{db="db1"}': 1,
  },
};

export default ruleTable({
  category: 'cache',
  labels: { job: 'redis', instance: 'cache', service: 'cache' },
  alerts: [
    down('RedisDown', 'redis_up', {
      sms: true,
      from: '1m50s',
      fires: {
        'when it hangs': { change: { redis_up: '1x3 stale', up: '1x3 0', [EXPORTER]: 1 }, from: '1m50s' },
        'when it hangs and a scrape of the exporter is lost': {
          change: { redis_up: '1x3 stale', up: '1x3 0', [EXPORTER]: '1x5 0 1' },
          from: '1m50s',
        },
        'when it hangs after it has refused': { change: { redis_up: '1x3 0x2 stale', up: '1x5 0', [EXPORTER]: 1 }, from: '1m50s' },
      },
      silent: {
        'when it is away for 40 seconds': { redis_up: '1x3 0x2 1' },
        'when the exporter is down': { redis_up: '1x3 stale', up: '1x3 0', [EXPORTER]: '1x4 0' },
        'when the exporter is down for a minute and its page is back first': {
          redis_up: '1x3 stale',
          up: '1x3 0x5 1',
          [EXPORTER]: '1x4 0x3 1',
        },
        'about another exporter': { redis_up: 1, 'up{job="node"}': 0 },
      },
    }),
    down('RedisExporterDown', 'up', {
      labels: { job: 'redis-exporter', instance: 'redis-exporter', service: 'redis-exporter' },
      from: '3m',
      silent: { 'while this stack is upgraded': { up: '1x3 0x7 1' }, 'about another exporter': { up: null, 'up{job="redis"}': 0 } },
    }),
    {
      alert: 'RedisReplicaLinkDown',
      severity: 'critical',
      every: '5s',
      labels: { master_host: 'cache-0', master_port: '6379' },
      series: { redis_master_link_up: '1x3 0', redis_master_sync_in_progress: 0 },
      from: '3m',
      silent: {
        'while the replica synchronises': { redis_master_sync_in_progress: '0x3 1' },
        'while its master restarts': { redis_master_link_up: '1x3 0x7 1' },
      },
    },
    {
      alert: 'RedisHighMemory',
      severity: 'warning',
      series: { redis_memory_used_bytes: above(900, 910), redis_memory_max_bytes: 1000 },
      from: '5m',
      shown: '91.0',
      fires: {
        'where it refuses writes': { change: { [policy('noeviction')]: 1 }, from: '5m' },
        'where the policy is unknown': { change: { [policy('')]: 1 }, from: '5m' },
        'where no key may be evicted': {
          change: { [policy('volatile-lru')]: 1, 'redis_db_keys_expiring{db="db0"}': 0 },
          from: '5m',
        },
        'beside a cache': {
          change: { 'redis_instance_info{maxmemory_policy="allkeys-lru", instance="pages", service="pages"}': 1 },
          from: '5m',
        },
      },
      silent: { 'where maxmemory is not set': { redis_memory_max_bytes: 0 }, ...EVICTING },
    },
    {
      alert: 'RedisCriticalMemory',
      severity: 'critical',
      series: { redis_memory_used_bytes: above(950, 960), redis_memory_max_bytes: 1000 },
      every: '5s',
      from: '2m',
      shown: '96.0',
      fires: { 'where it refuses writes': { change: { [policy('noeviction')]: 1 }, from: '2m' } },
      silent: {
        'where maxmemory is not set': { redis_memory_used_bytes: 900, redis_memory_max_bytes: 0 },
        'while a replica synchronises': { redis_memory_used_bytes: '500x3 960x6 500' },
        ...EVICTING,
      },
    },
    {
      alert: 'RedisEvictions',
      severity: 'warning',
      series: {
        redis_evicted_keys_total: above('0+15', '0+16.5'),
        redis_keyspace_hits_total: '0+890',
        redis_keyspace_misses_total: '0+110',
      },
      from: '34m45s',
      shown: '1.1',
      fires: {
        'beside a Redis that finds what it is asked for': {
          change: {
            'redis_keyspace_hits_total{instance="pages", service="pages"}': '0+950',
            'redis_keyspace_misses_total{instance="pages", service="pages"}': '0+50',
          },
          from: '34m45s',
        },
      },
      silent: {
        'where lookups find their key': { redis_keyspace_hits_total: '0+900', redis_keyspace_misses_total: '0+100' },
        'where the misses are those of another one': {
          redis_keyspace_hits_total: null,
          redis_keyspace_misses_total: null,
          'redis_keyspace_hits_total{instance="pages", service="pages"}': '0+890',
          'redis_keyspace_misses_total{instance="pages", service="pages"}': '0+110',
        },
        'for a batch job of 20 minutes': { redis_evicted_keys_total: '0+1000x80 80000' },
      },
    },
    {
      alert: 'RedisQueueEvictions',
      severity: 'warning',
      series: { redis_evicted_keys_total: '2x4 3', redis_blocked_clients: 1 },
      from: '1m15s',
      until: '6m',
      shown: '1',
      fires: {
        'when the worker is busy with the last job': { change: { redis_blocked_clients: '1x3 0' }, from: '1m15s' },
      },
      silent: {
        'where no worker waits': { redis_blocked_clients: 0 },
        'where workers wait in another one': { redis_blocked_clients: null, 'redis_blocked_clients{instance="jobs", service="jobs"}': 1 },
        'about the past': { redis_evicted_keys_total: 2 },
      },
    },
    {
      alert: 'RedisHighFragmentation',
      severity: 'warning',
      series: { redis_mem_fragmentation_ratio: above(1.5, 1.6), redis_memory_used_rss_bytes: 268435457 },
      from: '1h',
      shown: '1.60',
      silent: { 'about a small Redis': { redis_mem_fragmentation_ratio: 18, redis_memory_used_rss_bytes: 268435456 } },
    },
    {
      alert: 'RedisHighClients',
      severity: 'warning',
      series: { redis_connected_clients: above(900, 910), redis_max_clients: 1000 },
      from: '5m',
      shown: '91.0',
    },
    {
      alert: 'RedisRejectedConnections',
      severity: 'critical',
      series: { redis_rejected_connections_total: '2x4 3+1' },
      from: '6m15s',
      shown: '8',
      fires: {
        'at one within two minutes': { change: { redis_rejected_connections_total: REFUSED_NOW_AND_THEN }, from: '6m15s', shown: '1' },
      },
      silent: {
        'about the past': { redis_rejected_connections_total: 2 },
        'about a single one': { redis_rejected_connections_total: '2x4 3' },
        'about a deployment of three minutes': { redis_rejected_connections_total: '2x4 3+20x11 240' },
      },
    },
    {
      alert: 'RedisBlockedClients',
      severity: 'warning',
      series: { redis_blocked_clients: above(50, 51) },
      from: '5m',
      shown: '51',
    },
    {
      alert: 'RedisLowHitRate',
      severity: 'warning',
      series: { redis_keyspace_hits_total: '0+890', redis_keyspace_misses_total: '0+110' },
      from: '31m',
      shown: '89.0',
      fires: {
        'half an hour after the last look at which a worker waited is five minutes old': {
          change: { redis_blocked_clients: '2 0' },
          from: '35m',
        },
        'on a cache beside a queue': {
          change: {
            redis_blocked_clients: 0,
            'redis_keyspace_hits_total{instance="jobs", service="jobs"}': '0+890',
            'redis_keyspace_misses_total{instance="jobs", service="jobs"}': '0+110',
            'redis_blocked_clients{instance="jobs", service="jobs"}': 5,
          },
          from: '31m',
        },
        'beside one that evicts': {
          change: { redis_evicted_keys_total: 0, 'redis_evicted_keys_total{instance="pages", service="pages"}': '0+100' },
          from: '31m',
        },
        'where few keys are evicted': { change: { redis_evicted_keys_total: '0+13' }, from: '31m' },
        'at 12 look-ups per second': {
          change: { redis_keyspace_hits_total: '0+90', redis_keyspace_misses_total: '0+90' },
          from: '34m15s',
          shown: '50.0',
        },
      },
      silent: {
        'at 90 %': { redis_keyspace_hits_total: '0+900', redis_keyspace_misses_total: '0+100' },
        'at ten look-ups per second': { redis_keyspace_hits_total: 0, redis_keyspace_misses_total: '0+150' },
        'on an idle Redis': { redis_keyspace_hits_total: 0, redis_keyspace_misses_total: 0 },
        'where a worker waits for jobs': { redis_blocked_clients: 1 },
        'where keys are evicted': { redis_evicted_keys_total: '0+17' },
        'after a flush': {
          redis_keyspace_hits_total: '0+1000x20 20000x80 20000+1000',
          redis_keyspace_misses_total: '0x20 0+1000x80 80000',
        },
      },
    },
    {
      alert: 'RedisSlowLogGrowing',
      severity: 'warning',
      series: { redis_slowlog_last_id: above('0+0.45', '0+0.6') },
      from: '34m15s',
      shown: '12',
      silent: { 'for a batch job of 20 minutes': { redis_slowlog_last_id: '0+10x80 800' } },
    },
    {
      alert: 'RedisRdbSaveFailed',
      severity: 'critical',
      every: '5s',
      series: { redis_rdb_last_bgsave_status: '1x3 0' },
      from: '2m15s',
      silent: {
        'when the next save succeeds': { redis_rdb_last_bgsave_status: '1x3 0 1' },
        'when a save succeeds within a minute': { redis_rdb_last_bgsave_status: '1x3 0x3 1' },
      },
    },
    {
      alert: 'RedisAofWriteFailed',
      severity: 'emergency',
      every: '5s',
      series: { redis_aof_last_write_status: '1x3 0' },
      from: '1m15s',
      silent: { 'when the next write succeeds': { redis_aof_last_write_status: '1x3 0 1' } },
    },
  ],
});
