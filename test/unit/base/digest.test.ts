import { expect, it } from 'vitest';
import { digestOf } from '../../../scripts/base/digest.ts';

it('digestOf depends on contents, names and borders, not on order', () => {
  const digest = digestOf([
    ['a', 'one'],
    ['b', 'two'],
  ]);
  expect(
    digestOf([
      ['b', 'two'],
      ['a', 'one'],
    ]),
  ).toBe(digest);
  expect(digestOf([['a', 'one']])).not.toBe(digest);
  expect(
    digestOf([
      ['a', 'two'],
      ['b', 'one'],
    ]),
  ).not.toBe(digest);
  expect(digestOf([['a', 'onebtwo']])).not.toBe(digest);
});
