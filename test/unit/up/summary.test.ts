import { expect, it } from 'vitest';
import { backtestOffer } from '../../../scripts/up/summary.ts';

it('offers a backtest of the alerts that changed, of all where they are many, and none where nothing did', () => {
  const offer = 'Rules changed. See when they would have paged: npm run backtest -- --days 14';
  expect(backtestOffer([])).toEqual([]);
  expect(backtestOffer(['A', 'B'])).toEqual([`${offer} A B`]);
  expect(backtestOffer(['A', 'B', 'C', 'D', 'E', 'F'])).toEqual([offer]);
});
