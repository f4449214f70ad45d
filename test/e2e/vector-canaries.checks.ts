import { describe, expect, it } from 'vitest';
import { eventually } from '../support/e2e-stack.ts';
import type { VectorExporter } from '../support/vector-exporter.ts';

/** Seconds. Comparisons come once a minute, and one may be lost on a busy machine. */
const PATIENCE = 240;

/** Searches and comparisons of the vector exporter. */
export function vectorCanaryChecks(exporter: () => VectorExporter): void {
  const value: VectorExporter['value'] = async (...args) => exporter().value(...args);
  const logs: VectorExporter['logs'] = async () => exporter().logs();
  const psql: VectorExporter['psql'] = async (...args) => exporter().psql(...args);

  describe('canaries', () => {
    it('are timed, and report whether an index answers them', async () => {
      for (const canary of ['nearest', 'by-all', 'sleepy'])
        await eventually(
          `a search of ${canary}`,
          PATIENCE,
          async () => ((await value('shop/app', 'search_duration_seconds_count', { canary })) ?? 0) > 0,
        );
      expect(await value('shop/app', 'search_rows', { canary: 'nearest' })).toBe(10);
      expect(await value('shop/app', 'search_uses_index', { canary: 'nearest' })).toBe(1);
      expect(await value('shop/app', 'search_uses_index', { canary: 'by-all' })).toBe(0);
      expect(await value('shop/app', 'search_duration_seconds_bucket', { canary: 'nearest', le: '+Inf' })).toBeGreaterThan(0);
      // Half a second of sleep in the query is in the time.
      const [sum, count] = [
        await value('shop/app', 'search_duration_seconds_sum', { canary: 'sleepy' }),
        await value('shop/app', 'search_duration_seconds_count', { canary: 'sleepy' }),
      ];
      expect((sum ?? 0) / (count ?? 1)).toBeGreaterThan(0.5);
      expect((sum ?? 0) / (count ?? 1)).toBeLessThan(5);
    });

    it.each([
      ['unparsable', 'syntax', 'syntax error at or near "SELEC"'],
      ['two-statements', 'syntax', 'cannot insert multiple commands'],
      ['commits', 'syntax', 'syntax error at or near "COMMIT"'],
      ['no-table', 'missing', 'relation "productz" does not exist'],
      ['deletes', 'write', 'wants to write'],
      ['deletes-in-with', 'write', 'wants to write'],
      ['deletes-in-function', 'write', 'read-only transaction'],
      ['forbidden', 'permission', 'permission denied for table secret'],
      ['endless', 'timeout', 'statement timeout'],
      ['too-many', 'result', 'more than 1000 rows'],
      ['too-large', 'result', 'more than 24 MiB'],
      ['finds-nothing', 'result', 'gives 0 rows'],
      ['asks-for-values', 'syntax', 'requires 1'],
      ['sets-nonsense', 'other', 'invalid value for parameter "hnsw.ef_search"'],
      ['sets-what-is-not-there', 'syntax', 'invalid configuration parameter name "hnsw.ef_saerch"'],
    ])('%s: counts as %s and says "%s"', async (canary, reason, words) => {
      await eventually('an error', PATIENCE, async () => ((await value('shop/app', 'search_errors_total', { canary, reason })) ?? 0) > 0);
      expect(await value('shop/app', 'search_duration_seconds_count', { canary })).toBeUndefined();
      const said = (await logs()).filter(({ msg }) => msg.startsWith(`canary ${canary} on shop/app: `));
      // On a busy machine the statement timeout may have come first.
      expect(said.find((line) => line.reason === reason)?.msg).toContain(words);
      // Once, however often it fails: the next line says something else.
      expect(said.some(({ msg }, index) => msg === said[index + 1]?.msg)).toBe(false);
    });

    it('have not written anything', async () => {
      expect((await psql('SELECT count(*) FROM scratch')).stdout.trim()).toBe('3');
      expect((await psql('SELECT count(*) FROM products')).stdout.trim()).toBe('3000');
    });

    it('that are wrong in the file are skipped and counted', async () => {
      expect(await value('shop/app', 'canary_file_problems')).toBe(2);
      const said = (await logs()).map(({ msg }) => msg).filter((msg) => msg.includes('it is skipped'));
      expect(said).toEqual([expect.stringMatching(/canaries\.yml:\d+: .*"shopp".*VECTOR_INSTANCES/), expect.stringMatching(/no query/)]);
    });

    it('do not count as use of an index', async () => {
      const others = async (): Promise<number> =>
        ((await value('shop/app', 'index_scans_total', { index: 'products_hnsw' })) ?? 0) -
        ((await value('shop/app', 'index_own_scans_total', { index: 'products_hnsw' })) ?? 0);
      await eventually(
        'own scans',
        PATIENCE,
        async () => ((await value('shop/app', 'index_own_scans_total', { index: 'products_hnsw' })) ?? 0) > 25,
      );
      const search = 'SELECT id FROM products ORDER BY embedding <=> (SELECT embedding FROM products WHERE id = 1) LIMIT 1';
      for (let time = 0; time < 7; time += 1) expect((await psql(search)).stdout.trim()).toBe('1');
      // A canary may be between its scan and its count, or a look old: at most a few.
      await eventually('the searches of others', PATIENCE, async () => Math.abs((await others()) - 7) <= 2);
    });
  });

  describe('recall', () => {
    it('is high where the index finds what is nearest, and low where it does not look around', async () => {
      const recall = async (probe: string): Promise<number> => (await value('shop/app', 'recall_ratio', { probe })) ?? Number.NaN;
      await eventually('comparisons', PATIENCE, async () => !Number.isNaN((await recall('one-list')) + (await recall('all-lists'))));
      expect(await recall('hnsw')).toBeGreaterThan(0.9);
      expect(await recall('all-lists')).toBe(1);
      expect(await recall('one-list')).toBeLessThan(0.8);
      expect(await recall('on-expression')).toBeGreaterThan(0.9);
      expect(await value('shop/app', 'recall_target_ratio', { probe: 'one-list' })).toBe(0.9);
      expect(await value('shop/app', 'recall_samples', { probe: 'hnsw' })).toBe(20);
    });

    it.each([
      ['no-index', 'missing', 'there is no index nowhere'],
      ['no-vector-index', 'missing', 'no index that finds what is nearest'],
      ['too-large', 'result', 'more than max_rows'],
      ['not-allowed', 'permission', 'permission denied'],
    ])('%s: counts as %s and says "%s"', async (probe, reason, words) => {
      await eventually('an error', PATIENCE, async () => ((await value('shop/app', 'recall_errors_total', { probe, reason })) ?? 0) > 0);
      const said = (await logs()).filter(({ msg }) => msg.startsWith(`recall probe ${probe} on shop/app: `));
      expect(said.find((line) => line.reason === reason)?.msg).toContain(words);
    });
  });
}
