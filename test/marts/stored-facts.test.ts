import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conversationTables } from '../../src/conversation/tables.js';
import { createWorld } from '../../src/sandbox/world/index.js';
import { LoadDatabase } from '../integration/load-database.js';

let db: LoadDatabase;
beforeAll(async () => {
  db = await LoadDatabase.create();
});
afterAll(() => db?.drop());

const hourMs = 3_600_000;
const day = Date.UTC(2026, 2, 31);
const world = createWorld({ seed: 5, agents: 20, conversationsPerDay: 60, timeZone: 'Europe/Berlin' });
/** Each conversation as it was seen at some hours: it grows, closes and is restated. Months meet in this night. */
const seenAt = [12, 18, 24, 30, 60, 90].map((hours) => new Date(day + hours * hourMs));

function recordsSeen(at: Date): object[] {
  return world
    .conversationsOfDay(day)
    .map((each) => each.render(at.getTime(), false))
    .filter((record) => record !== undefined);
}

/** The views in a mart's place: what the tables should hold, worked out from the session facts. */
async function differences(): Promise<number> {
  const parts = ['conversation_facts', 'handling_facts', 'leg_skill_facts'].flatMap((name) => [
    `(table genesys.${name} except all table genesys.int_${name})`,
    `(table genesys.int_${name} except all table genesys.${name})`,
  ]);
  const counts = parts.map((part) => `(select count(*)::int from ${part} as rows)`);
  const rows = await db.query<{ count: number }>(`select ${counts.join(' + ')} as count`);
  return rows[0]?.count ?? -1;
}

test('facts equal their plain definitions after versions of conversations in any order', async () => {
  const loads = fc.array(
    fc.record({ seen: fc.nat(seenAt.length - 1), from: fc.nat(50), count: fc.integer({ min: 1, max: 30 }) }),
    { minLength: 2, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(loads, async (each) => {
      const tables = conversationTables.map((table) => `genesys.${table.name}`);
      await db.query(`truncate extract.stored_conversations, extract.restatements, ${tables.join(', ')}`);
      for (const { seen, from, count } of each) {
        const at = seenAt[seen] as Date;
        await db.load(recordsSeen(at).slice(from, from + count), at);
      }
      expect(await differences()).toBe(0);
    }),
    { numRuns: 8 },
  );
  const stored = await db.query<{ count: number }>('select count(*)::int as count from genesys.conversation_facts');
  expect(stored[0]?.count).toBeGreaterThan(0);
});
