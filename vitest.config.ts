import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/sequencer.ts';

// The suites run one after the other only where they share the engine; unit tests need nothing.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    restoreMocks: true,
    unstubEnvs: true,
    testTimeout: 30_000,
    sequence: { sequencer: LongestFirst },
  },
});
