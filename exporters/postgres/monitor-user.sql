-- The user that the PostgreSQL exporter logs in as: it may read statistics and settings (pg_monitor), but none of your tables. Run it as a
-- superuser with psql's variable `password` set; `npm run detect` prints the whole command. Running it again sets a new password.

-- Keeps the password out of the server's log and, if loaded, pg_stat_statements.
SET log_statement = 'none';
SET pg_stat_statements.track_utility = off;

SELECT 'CREATE ROLE pharos_monitor LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pharos_monitor') \gexec

-- The exporter holds one connection per instance, the vector exporter up to two more; 5 leave room for a restart, and a fault cannot use up
-- max_connections. The user must also be allowed to read what the vector exporter searches (exporters/vector/canaries.yml).
ALTER ROLE pharos_monitor LOGIN PASSWORD :'password' CONNECTION LIMIT 5;
GRANT pg_monitor TO pharos_monitor;
