-- The user that the MySQL exporter logs in as: it may read status, settings and the list of sessions, and no table of yours.
-- For MySQL 8.0 and newer and MariaDB 10.5 and newer. Run it as an administrator with the user variable `@password` set in the same
-- session; `npm run detect` prints the whole command. Running it again sets a new password.

-- Keeps the password out of the general query log, where that is on.
SET SESSION sql_log_off = ON;
-- QUOTE() below writes backslashes, which the mode NO_BACKSLASH_ESCAPES would take literally.
SET SESSION sql_mode = '';

-- Without a password this stops here: CONCAT of NULL is NULL, which cannot be prepared.
SET @create = CONCAT("CREATE USER IF NOT EXISTS 'pharos_monitor'@'%' IDENTIFIED BY ", IF(@password = '', NULL, QUOTE(@password)));
PREPARE create_user FROM @create;
EXECUTE create_user;

-- The exporter holds one connection per instance while it asks; 5 leave room for a restart, and a fault cannot use up max_connections.
SET @alter = CONCAT("ALTER USER 'pharos_monitor'@'%' IDENTIFIED BY ", QUOTE(@password), ' WITH MAX_USER_CONNECTIONS 5');
PREPARE alter_user FROM @alter;
EXECUTE alter_user;

-- PROCESS: sessions and InnoDB's counters. REPLICATION CLIENT: the size of the binary logs and, in MySQL, the state of a replica. MariaDB
-- since 10.5.9 has SLAVE MONITOR for that; MySQL takes what stands in the /*M! */ for a comment.
GRANT PROCESS, REPLICATION CLIENT /*M!100509 , SLAVE MONITOR */ ON *.* TO 'pharos_monitor'@'%';
-- Statistics of statements and waits; no data.
GRANT SELECT ON performance_schema.* TO 'pharos_monitor'@'%';

SET @password = NULL, @create = NULL, @alter = NULL;
