/** Metrics of versions and settings that there is no contract of, each with where it is exposed. Only one branch of an `or` may be such a metric. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  pg_stat_bgwriter_checkpoints_req_total: 'PostgreSQL 16 and older; since 17 it is pg_stat_checkpointer_num_requested_total',
};

/** Metrics that only some hosts have, so that a capture may be without them. Their names and labels are proven where they are made. */
export const OF_SOME_HOSTS: Readonly<Record<string, string>> = {
  security_reboot_required: 'hosts whose kernel is a package (test/unit/security/packages.test.ts)',
};

/** Gauges that only ever count up, whatever their exporter calls them, so that rate() and increase() are right. */
export const COUNTING: Readonly<Record<string, string>> = {
  redis_slowlog_last_id: 'the number of the newest entry of the slow log',
};
