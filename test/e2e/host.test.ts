import { afterAll, beforeAll, expect } from 'vitest';
import { E2eStack } from '../support/e2e-stack.ts';
import { describeWithEngine } from '../support/engine.ts';
import { SampleHost } from '../support/sample-host.ts';
import { containerChecks } from './containers.checks.ts';
import { deploymentChecks } from './deployment.checks.ts';
import { securityChecks } from './security.checks.ts';

// One stack with the modules that look at this host.
describeWithEngine('a stack for a host', () => {
  let stack: E2eStack;
  let host: SampleHost;
  beforeAll(async () => {
    stack = await E2eStack.create('pharos-host');
    host = SampleHost.prepare(stack);
    stack.scrapeOften();
    const certificates = `${stack.path('certificates')},${stack.path('gone')}`;
    stack.set({ MODULES: 'node,containers,security', CONTAINER_METRICS: 'engine', SECURITY_CERTIFICATES: certificates });
    const { code, stdout, stderr } = await stack.run('up', '--yes');
    expect(code, stdout + stderr).toBe(0);
  });
  afterAll(async () => stack?.destroy());

  securityChecks(
    () => stack,
    () => host,
  );
  // Before the engine is taken away, which makes services of the stack unhealthy.
  deploymentChecks(() => stack);
  containerChecks(() => stack);
});
