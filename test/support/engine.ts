import { describe } from 'vitest';

/** Why there is no engine to test with; undefined where there is one. The test runner sets it. */
export const noEngine = process.env['PHAROS_NO_ENGINE'];

/** `describe` for suites that need an engine. Without one their hooks do not run, and the reporter gives `noEngine` as the reason. */
export const describeWithEngine = describe.skipIf(noEngine !== undefined);
