/** The simulated organisation behind the stored databases, and the instants at which they were filled. Never to be changed. */
export const storedSandbox = {
  seed: 23,
  conversationsPerDay: 100,
  agents: 5,
  requestsPerMinute: 'unlimited',
} as const;

export const storedStart = new Date('2026-02-27T00:00:00Z');

/** Twice, across the end of a month, so that open conversations have closed and records were restated. */
export const storedAt = [new Date('2026-02-28T05:10:00Z'), new Date('2026-03-01T14:20:00Z')] as const;
