import { expect, test } from 'vitest';
import { createWorld } from '../../src/sandbox/world/index.js';

const dayMs = 86_400_000;

/** Jobs and figures rely on these bounds: a conversation that outlived its own would be missing from them. */
test.each([
  { seed: 1, agents: 5, conversationsPerDay: 400, timeZone: 'UTC' },
  { seed: 2, agents: 60, conversationsPerDay: 1_200, timeZone: 'America/New_York' },
  { seed: 3, agents: 300, conversationsPerDay: 1_200, timeZone: 'Pacific/Auckland' },
])('no conversation outlives what is said of it at once, in the organisation of seed $seed', (options) => {
  const world = createWorld(options);
  let longest = 0;
  for (let day = Date.UTC(2026, 10, 26); day < Date.UTC(2026, 11, 3); day += dayMs) {
    const long = new Set(world.longConversationsOfDay(day).map(({ id }) => id));
    for (const { id, kind, startMs, endMs, latestEndMs = Number.NaN } of world.conversationsOfDay(day)) {
      expect(endMs, kind).toBeLessThanOrEqual(latestEndMs);
      expect(latestEndMs - startMs, kind).toBeLessThanOrEqual(
        long.has(id) ? world.lifetimeMsMax : world.shortLifetimeMsMax,
      );
      if (!long.has(id)) longest = Math.max(longest, endMs - startMs);
    }
  }
  expect(longest).toBeGreaterThan(0.5 * world.shortLifetimeMsMax);
});
