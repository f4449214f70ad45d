import { describe, expect, it } from 'vitest';
import { drillSources } from '../../dev/proof/drill-source.ts';

const SHARED = `export const stop = (name: string) => ({ inject: () => docker('stop', name) });
export const start = () => 1;
`;
const REDIS = `import { stop } from './shared/stop.ts';
const PORT = 6379;
const target = (name: string) => ({ name, port: PORT });
export const drills: readonly Drill[] = [
  // It is stopped.
  { alert: 'RedisDown', target: target('redis'), ...stop('redis') },
  { alert: 'RedisFull', inject: fill },
];
async function fill(): Promise<void> {}
`;
const sources = (redis = REDIS, shared = SHARED) =>
  drillSources(
    new Map([
      ['redis.ts', redis],
      ['shared/stop.ts', shared],
    ]),
  ).get('redis') ?? [];
/** Which drills have another source than they had. */
const changed = (redis: string, shared = SHARED) => {
  const before = sources();
  return sources(redis, shared).map((source, index) => source !== before[index]);
};

describe('the source of a drill', () => {
  it('is its element with everything that it uses, also of other files', () => {
    expect(sources()[0]?.split('\n')).toEqual([
      'PORT=6379',
      'stop=name=>({inject:()=>docker("stop",name)})',
      'target=name=>({name,port:PORT})',
      '{alert:"RedisDown",target:target("redis"),...stop("redis")}',
    ]);
  });

  it('does not depend on comments, types and layout', () => {
    const other = REDIS.replace('// It is stopped.', '/* It is killed. */')
      .replace('(name: string) =>', '(name: "redis") =>')
      .replace("{ alert: 'RedisDown', ", '{\n    alert:\n "RedisDown",\n');
    expect(changed(other, `// First\n${SHARED}`)).toEqual([false, false]);
  });

  it('changes with what it uses, and with nothing else', () => {
    expect(changed(REDIS.replace('6379', '6380'))).toEqual([true, false]);
    expect(changed(REDIS.replace('Promise<void> {}', 'Promise<void> { throw 1; }'))).toEqual([false, true]);
    expect(changed(REDIS, SHARED.replace("'stop'", "'kill'"))).toEqual([true, false]);
    expect(changed(REDIS, SHARED.replace('() => 1', '() => 2'))).toEqual([false, false]);
  });
});
