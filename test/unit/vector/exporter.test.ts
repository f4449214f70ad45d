import { describe, expect, it } from 'vitest';
import { changeLog } from '../../../exporters/common/log.ts';
import { planNodes } from '../../../exporters/vector/canary.ts';
import { sslOf } from '../../../exporters/vector/connection.ts';
import { readDatabases, readEnvironment } from '../../../exporters/vector/environment.ts';
import { createMetrics } from '../../../exporters/vector/metrics.ts';
import { explain, ProbeError } from '../../../exporters/vector/reasons.ts';
import { recallOf } from '../../../exporters/vector/recall.ts';
import { countable, type Statistics } from '../../../exporters/vector/statistics.ts';

describe('explain', () => {
  const failed = (code: string, message = ''): unknown => Object.assign(new Error(message), { code });
  it.each([
    [failed('28P01', 'password authentication failed'), 'authentication'],
    [failed('28000', 'no pg_hba.conf entry'), 'authentication'],
    [failed('3D000', 'database "x" does not exist'), 'missing'],
    [failed('42P01', 'relation "x" does not exist'), 'missing'],
    [failed('42601', 'syntax error'), 'syntax'],
    [failed('42804', 'datatype mismatch'), 'syntax'],
    [failed('42501', 'permission denied'), 'permission'],
    [failed('25006', 'cannot execute DELETE in a read-only transaction'), 'write'],
    [failed('57014', 'canceling statement due to statement timeout'), 'timeout'],
    [failed('55P03', 'canceling statement due to lock timeout'), 'timeout'],
    [failed('57P01', 'terminating connection'), 'connection'],
    [failed('53300', 'too many connections'), 'connection'],
    [failed('ECONNREFUSED', ''), 'connection'],
    [new Error('Connection terminated unexpectedly'), 'connection'],
    [new Error('timeout expired'), 'connection'],
    [new Error('Query read timeout'), 'timeout'],
    [new Error('The server does not support SSL connections'), 'connection'],
    [failed('08006', 'connection failure'), 'connection'],
    [failed('08P01', 'bind message supplies 0 parameters'), 'syntax'],
    [new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), 'authentication'],
    [failed('22012', 'division by zero'), 'other'],
    [new ProbeError('result', 'no rows'), 'result'],
    ['thrown text', 'other'],
    [undefined, 'other'],
  ])('%s is %s', (failure, reason) => {
    expect(explain(failure).reason).toBe(reason);
    expect(explain(failure).message).not.toBe('');
  });
});

describe('recallOf', () => {
  it.each([
    [[1, 2, 3], [1, 2, 3], 1],
    [[1, 3, 4], [1, 2, 3], 2 / 3],
    [[1], [1, 2], 0.5],
    [[], [1, 2], 0],
    [[], [], 1],
    // Two that are equally far: either is right.
    [[1, 2, 2], [1, 2, 2], 1],
    // Inner products are negative.
    [[-3, -2], [-3, -2.0000001], 1],
    [[-3, -1], [-3, -2], 0.5],
    // The same distance, rounded otherwise.
    [[0.30000001], [0.3], 1],
  ])('%j of %j', (approximate, exact, recall) => {
    expect(recallOf(approximate, exact)).toBeCloseTo(recall, 9);
  });
});

it('countable takes the small and readable ones, smallest first, up to a bound for all of them', () => {
  const column = (rows: number, readable = true) => ({ rows, readable });
  expect(countable([column(10_001), column(10_000), column(5, false), column(1)]).map(({ rows }) => rows)).toEqual([1, 10_000]);
  expect(countable(Array.from({ length: 20 }, () => column(9_000)))).toHaveLength(11);
});

it('planNodes finds every node', () => {
  const plan = { 'Node Type': 'Limit', Plans: [{ 'Node Type': 'ModifyTable', Plans: [{ 'Node Type': 'Index Scan', 'Index Name': 'i' }] }] };
  expect(planNodes(plan).map((node) => node['Node Type'])).toEqual(['Limit', 'ModifyTable', 'Index Scan']);
});

it('sslOf reads sslmode as libpq does', () => {
  expect(sslOf('disable')).toBe(false);
  expect(sslOf(null)).toEqual({ rejectUnauthorized: false });
  expect(sslOf('require')).toEqual({ rejectUnauthorized: false });
  expect(sslOf('verify-full')).toEqual({ rejectUnauthorized: true });
  expect(sslOf('verify-ca')).toMatchObject({ rejectUnauthorized: true, checkServerIdentity: expect.any(Function) });
});

it('changeLog reports a state once, its change, and its end', () => {
  const lines: unknown[] = [];
  const log = changeLog(({ msg }) => void lines.push(msg));
  log.works('a');
  log.failed('a', 'x');
  log.failed('a', 'x');
  log.failed('b', 'x');
  log.failed('a', 'y');
  log.works('a');
  log.works('a');
  expect(lines).toEqual(['a: x', 'b: x', 'a: y', 'a: works again']);
});

describe('the files of the exporter', () => {
  it('has defaults, and names what is wrong', () => {
    expect(readEnvironment({})).toMatchObject({ port: 9188, collectSeconds: 15 });
    expect(() => readEnvironment({ PORT: 'x', COLLECT_SECONDS: '0' })).toThrow(/PORT is "x".*; COLLECT_SECONDS is "0"/);
  });

  it.each(['', 'x', '{}', '[1]', '[{"target":"a"}]', '[{"target":"a","instance":"a","url":"no","password":"hush-hush"}]'])(
    'refuses %j as databases, without repeating it',
    (text) => {
      const result = readDatabases(text);
      expect(typeof result).toBe('string');
      expect(result).not.toContain('hush');
    },
  );
});

describe('the metrics of a database', () => {
  const now = (): number => 1_000_000;
  const column = { schema: 's', table: 't', column: 'c', tableOid: 1, rows: 5, nullShare: 0, inserts: 7, readable: true, indexed: true };
  const statistics: Statistics = {
    sharedBuffers: 1,
    maintenanceMemory: 2,
    extensions: [{ extension: 'vector', version: '0.8' }],
    columns: [
      { ...column, waitingWriters: 0, found: 2, vectors: 5, exact: true },
      { ...column, column: 'd', waitingWriters: 0, found: 2, vectors: 4, exact: false },
    ],
    indexes: [],
    builds: [],
  };
  const samples = async (metrics: ReturnType<typeof createMetrics>): Promise<string[]> =>
    (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  it('have no values before the first measurement', async () => {
    const lines = await samples(createMetrics([], 0, now));
    expect(lines.filter((line) => !line.includes('errors_total'))).toEqual(['pharos_vector_canary_file_problems 0']);
  });

  it('show a look, each table once, and forget what is no longer there', async () => {
    const metrics = createMetrics([], 0, now);
    metrics.collected(statistics, 0.5);
    metrics.collected(statistics, 0.5);
    expect(await samples(metrics)).toEqual(
      expect.arrayContaining([
        'pharos_vector_up 1',
        'pharos_vector_last_success_timestamp_seconds 1000',
        'pharos_vector_vectors{schema="s",table="t",column="d"} 4',
        'pharos_vector_inserted_rows_total{schema="s",table="t"} 7',
      ]),
    );
    metrics.collected({ ...statistics, columns: [] }, 0.5);
    expect((await metrics.text()).includes('table="t"')).toBe(false);
  });

  it('keep the figures through one failure and drop them afterwards', async () => {
    const metrics = createMetrics([], 0, now);
    metrics.collected(statistics, 0.5);
    metrics.collectionFailed('connection', 0.1, true);
    expect(await samples(metrics)).toEqual(expect.arrayContaining(['pharos_vector_up 0', 'pharos_vector_extensions 1']));
    metrics.collectionFailed('connection', 0.1, false);
    const lines = await samples(metrics);
    expect(lines).toContain('pharos_vector_collect_errors_total{reason="connection"} 2');
    expect(lines.filter((line) => /extensions|vectors|shared_buffers/.test(line))).toEqual([]);
  });

  it('begin the counters of every probe at zero', async () => {
    const common = { name: 'a', target: 't', everySeconds: 1, timeoutMs: 1, settings: {} };
    const metrics = createMetrics([{ kind: 'canary', ...common, query: 'SELECT 1', minRows: 1 }], 0, now);
    expect(await samples(metrics)).toEqual(
      expect.arrayContaining([
        'pharos_vector_search_runs_total{canary="a"} 0',
        'pharos_vector_search_errors_total{canary="a",reason="write"} 0',
      ]),
    );
  });
});
