import { afterAll, beforeAll } from 'vitest';
import { E2eStack } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { databaseChecks } from './databases.checks.ts';
import { demoChecks } from './demo.checks.ts';
import { detectChecks } from './detect.checks.ts';
import { downChecks } from './down.checks.ts';
import { serverChecks } from './servers.checks.ts';
import { startChecks } from './start.checks.ts';

// One stack from its first start with the settings of a new user to its end. The checks run in this order, each on what the one before left.
describeWithEngine('a stack', () => {
  let stack: E2eStack;
  const shared = (): E2eStack => stack;
  beforeAll(async () => void (stack = await E2eStack.create('pharos-e2e')));
  afterAll(async () => stack?.destroy());

  startChecks(shared);
  demoChecks(shared);
  detectChecks(shared);
  databaseChecks(shared);
  serverChecks(shared);
  downChecks(shared);
});
