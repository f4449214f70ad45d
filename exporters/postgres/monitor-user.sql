-- The user that PostgreSQL's exporter logs in as: it may read statistics and settings (pg_monitor), and no table of yours.
-- Run it as a superuser with psql's variable `password` set; `npm run detect` prints the whole command. Running it again sets a new password.

-- Keeps the password out of the server's log and out of pg_stat_statements, where that is loaded.
SET log_statement = 'none';
SET pg_stat_statements.track_utility = off;

SELECT 'CREATE ROLE pharos_monitor LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pharos_monitor') \gexec

-- The exporter holds one connection per instance, the vector exporter up to two more; 5 leave room for a restart, and a fault cannot use up
-- max_connections. What the vector exporter searches it must also be allowed to read (exporters/vector/canaries.yml).
ALTER ROLE pharos_monitor LOGIN PASSWORD :'password' CONNECTION LIMIT 5;
GRANT pg_monitor TO pharos_monitor;
