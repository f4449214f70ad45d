import { afterAll, beforeAll, expect } from 'vitest';
import { startShop } from '../support/databases.ts';
import { E2eStack } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { interruptChecks } from './interrupt.checks.ts';
import { notifyChecks } from './notify.checks.ts';
import { reloadChecks } from './reload.checks.ts';
import { silenceChecks } from './silence.checks.ts';

// One small stack that is changed again and again. Each group of checks leaves it as it was.
describeWithEngine('a small stack', () => {
  let stack: E2eStack;
  const shared = (): E2eStack => stack;
  beforeAll(async () => {
    stack = await E2eStack.create('pharos-operation');
    await startShop(stack.project);
    stack.scrapeOften();
    stack.set({
      MODULES: 'apps,redis,pushgateway',
      APP_NETWORKS: `${stack.project}-shop`,
      REDIS_INSTANCES: 'cache=redis://shop-cache:6379',
    });
    const { code, stdout, stderr } = await stack.run('up', '--yes');
    expect(code, stdout + stderr).toBe(0);
  });
  afterAll(async () => stack?.destroy());

  notifyChecks(shared);
  reloadChecks(shared);
  silenceChecks(shared);
  interruptChecks(shared);
});
