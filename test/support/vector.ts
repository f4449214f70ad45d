/** PostgreSQL with pgvector, reachable by password from everywhere in the test's network. */
export const POSTGRES = [
  'mkdir -p /data /run/postgresql && chown postgres /data /run/postgresql',
  'echo superuser > /tmp/pw',
  'test -e /data/PG_VERSION || su postgres -c "/usr/lib/postgresql/18/bin/initdb -D /data -A scram-sha-256 --auth-local=trust --pwfile=/tmp/pw" >/dev/null',
  'grep -q "host all all all" /data/pg_hba.conf || echo "host all all all scram-sha-256" >> /data/pg_hba.conf',
  'rm -f /data/postmaster.pid',
  'exec su postgres -c "exec /usr/lib/postgresql/18/bin/postgres -D /data -c listen_addresses=* -c max_connections=30 -c fsync=off"',
].join(' && ');

/** `count` rows with a random vector of 32 dimensions each. */
const vectors = (count: number): string =>
  `SELECT (SELECT array_agg(random())::vector FROM generate_series(1, 32) WHERE g > 0) FROM generate_series(1, ${count}) g`;

/** SQL by the database in which a superuser runs it. */
export const SETUP: readonly (readonly [string, string])[] = [
  ['postgres', 'CREATE DATABASE app'],
  ['postgres', 'CREATE DATABASE bare'],
  ['postgres', 'CREATE DATABASE many'],
  ['postgres', "CREATE ROLE pharos_monitor LOGIN PASSWORD 'monitor-pw' CONNECTION LIMIT 5; GRANT pg_monitor TO pharos_monitor"],
  [
    'app',
    `SELECT setseed(0.5);
     CREATE EXTENSION vector;
     CREATE TABLE products (id serial PRIMARY KEY, embedding vector(32));
     INSERT INTO products (embedding) ${vectors(3000)};
     CREATE INDEX products_hnsw ON products USING hnsw (embedding vector_cosine_ops);
     CREATE INDEX products_ivf ON products USING ivfflat (embedding vector_l2_ops) WITH (lists = 100);
     CREATE TABLE notes (id serial PRIMARY KEY, embedding vector(32));
     INSERT INTO notes (embedding) ${vectors(100)};
     CREATE INDEX notes_half ON notes USING hnsw ((embedding::halfvec(32)) halfvec_l2_ops);
     CREATE TABLE secret (id serial PRIMARY KEY, embedding vector(32));
     INSERT INTO secret (embedding) ${vectors(12_000)};
     CREATE INDEX secret_ivf ON secret USING ivfflat (embedding vector_ip_ops) WITH (lists = 1);
     DROP INDEX secret_ivf;
     CREATE TABLE locked_up (id serial PRIMARY KEY, embedding vector(32));
     INSERT INTO locked_up (embedding) ${vectors(10)};
     CREATE INDEX locked_up_hnsw ON locked_up USING hnsw (embedding vector_l2_ops);
     CREATE TABLE scratch AS SELECT generate_series(1, 3) AS id;
     GRANT SELECT ON products, notes TO pharos_monitor;
     GRANT ALL ON scratch TO pharos_monitor;
     CREATE FUNCTION wipe() RETURNS int LANGUAGE sql AS 'DELETE FROM scratch RETURNING id';
     ANALYZE`,
  ],
  [
    'many',
    `CREATE EXTENSION vector;
     DO $$ BEGIN FOR n IN 1..310 LOOP EXECUTE format('CREATE TABLE t%s (e vector(3)); INSERT INTO t%s VALUES (''[1,2,3]'')', n, n); END LOOP; END $$`,
  ],
];

const url = (host: string, database: string): string => `postgresql://pharos_monitor@${host}:5432/${database}?sslmode=disable`;

export const DATABASES = [
  ...['app', 'bare', 'many', 'lost'].map((name) => ({
    target: `shop/${name}`,
    instance: 'shop',
    url: url('db', name),
    password: 'monitor-pw',
  })),
  { target: 'denied', instance: 'denied', url: url('db', 'app'), password: 'not-the-monitor-pw' },
  { target: 'unsaid', instance: 'unsaid', url: url('db', 'app'), password: '' },
  { target: 'nowhere', instance: 'nowhere', url: url('nowhere.invalid', 'app'), password: 'monitor-pw' },
  { target: 'deaf', instance: 'deaf', url: url('deaf', 'app'), password: 'monitor-pw' },
];

const NEAREST = 'SELECT id FROM products ORDER BY embedding <=> (SELECT embedding FROM products WHERE id = 7) LIMIT 10';
const canary = (name: string, query: string, more: object = {}): object => ({ name, instance: 'shop/app', query, every: '5s', ...more });
/** Every minute instead of every 15: on a busy machine the first comparison may come to its time limit. */
const recall = (name: string, index: string, more: object = {}): object => ({ name, instance: 'shop/app', index, every: '1m', ...more });

/** The canaries file: JSON is YAML, one entry per line. */
export const CANARIES = ((lists: Readonly<Record<string, readonly object[]>>): string =>
  Object.entries(lists)
    .map(([list, entries]) => `${list}:\n${entries.map((entry) => `  - ${JSON.stringify(entry)}`).join('\n')}\n`)
    .join(''))({
  canaries: [
    canary('nearest', `${NEAREST};`),
    canary('by-all', NEAREST.replace('LIMIT 10', 'LIMIT 900').replace('<=>', '<+>')),
    canary('sleepy', 'SELECT 1 FROM (SELECT pg_sleep(0.5)) AS slept'),
    canary('unparsable', 'SELEC 1'),
    canary('two-statements', 'SELECT 1; DELETE FROM scratch'),
    canary('commits', 'COMMIT'),
    canary('no-table', 'SELECT id FROM productz LIMIT 1'),
    canary('deletes', 'DELETE FROM scratch RETURNING id'),
    canary('deletes-in-with', 'WITH gone AS (DELETE FROM scratch RETURNING id) SELECT * FROM gone'),
    canary('deletes-in-function', 'SELECT wipe()'),
    canary('forbidden', 'SELECT id FROM secret LIMIT 1'),
    canary('endless', 'SELECT pg_sleep(60)', { timeout: '200ms' }),
    canary('too-many', 'SELECT generate_series(1, 1000000)'),
    canary('too-large', "SELECT repeat('x', 60000000)", { every: '20s', timeout: '30s' }),
    canary('asks-for-values', 'SELECT $1::int'),
    canary('sets-nonsense', NEAREST, { settings: { 'hnsw.ef_search': 'many' } }),
    canary('sets-what-is-not-there', NEAREST, { settings: { 'hnsw.ef_saerch': 100 } }),
    canary('finds-nothing', 'SELECT id FROM products WHERE id < 0 LIMIT 10'),
    canary('elsewhere', 'SELECT 1', { instance: 'shopp' }),
    canary('says-nothing', ''),
  ],
  recall: [
    recall('hnsw', 'public.products_hnsw'),
    recall('one-list', 'products_ivf', { settings: { 'ivfflat.probes': 1 } }),
    recall('all-lists', 'products_ivf', { settings: { 'ivfflat.probes': 100 } }),
    recall('on-expression', 'notes_half'),
    recall('no-index', 'nowhere'),
    recall('no-vector-index', 'products_pkey'),
    recall('too-large', 'products_hnsw', { max_rows: 100 }),
    recall('not-allowed', 'locked_up_hnsw'),
  ],
});
