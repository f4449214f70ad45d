import { expect, it } from 'vitest';
import { renderLater } from '../../scripts/detect/show.ts';
import type { DetectPlan } from '../../scripts/detect/plan.ts';

const plan: DetectPlan = { found: [], env: {}, changes: [], passwords: [], manual: [], problems: [] };

it('a proposal shows what will be left to do by hand', () => {
  expect(renderLater(plan)).toBe('');
  expect(renderLater({ ...plan, manual: [{ what: 'make the user', command: 'docker exec -i db psql' }] })).toBe(
    'Once it is written, these remain for you:\nMake the user:\n  docker exec -i db psql\n',
  );
});
