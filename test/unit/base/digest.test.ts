import { expect, it } from 'vitest';
import { digestOf } from '../../../scripts/base/digest.ts';

it('digestOf tells contents, names and borders apart, and does not care for order', () => {
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
