import { afterAll, beforeAll } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';

/** Time of the small sandbox's clock. */
export const smallSandboxAt = new Date('2026-03-12T06:12:00Z');

export let sandbox: Sandbox;

/** Starts the sandbox of a test file before its tests and ends it afterwards: small enough that every request can have its own failure. */
export function withSmallSandbox(): void {
  beforeAll(async () => {
    sandbox = await startSandbox({
      seed: 11,
      conversationsPerDay: 100,
      agents: 8,
      clock: { kind: 'fixed', at: smallSandboxAt },
      requestsPerMinute: 'unlimited',
    });
  });
  afterAll(() => sandbox.close());
}
