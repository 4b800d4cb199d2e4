import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';

/** Surveys and evaluations come days after the conversation, and for conversations that began before the first pull. */
const dayMs = 86_400_000;
const hourMs = 3_600_000;
const start = new Date('2026-03-20T12:07:00Z');
let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 6,
    agents: 30,
    conversationsPerDay: 400,
    clock: { kind: 'fixed', at: start },
    requestsPerMinute: 'unlimited',
  });
  database = await migratedDatabase();
  pool = testPool(database.url);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  await sandbox?.close();
});

const sync = () =>
  runCommand(['sync', '--stream', 'survey_events', '--stream', 'evaluation_events'], sandbox, {
    ...environmentFor(sandbox, database.url),
    GENESYS_WAREHOUSE_START: '3d',
  });

interface Known {
  readonly conversationId: string;
  readonly id: string;
  readonly eventTime: string;
}

/** Returns the ids in `list`, as of now, with an event in [from, to), of conversations of the month before. */
function known(list: 'surveys' | 'evaluations', from: number, to: number): string[] {
  const found: Known[] = [];
  for (let day = to - 30 * dayMs; day <= to; day += dayMs) {
    for (const conversation of sandbox.world.conversationsOfDay(Math.floor(day / dayMs) * dayMs)) {
      const record = conversation.render(sandbox.now().getTime(), false) as Record<string, unknown> | undefined;
      for (const each of (record?.[list] ?? []) as Record<string, string>[]) {
        const id = (list === 'surveys' ? each.surveyId : each.evaluationId) as string;
        found.push({ conversationId: conversation.id, id, eventTime: each.eventTime as string });
      }
    }
  }
  return found
    .filter(({ eventTime }) => Date.parse(eventTime) >= from && Date.parse(eventTime) < to)
    .map(({ conversationId, id, eventTime }) => `${conversationId} ${id} ${eventTime}`)
    .sort();
}

async function stored(relation: 'surveys' | 'evaluations', from: number, to: number): Promise<string[]> {
  const id = relation === 'surveys' ? 'survey_id' : 'evaluation_id';
  const { rows } = await pool.query<{ line: string }>(
    `select conversation_id || ' ' || ${id} || ' ' || to_char(event_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as line
     from genesys.${relation} where event_time >= $1 and event_time < $2`,
    [new Date(from), new Date(to)],
  );
  return rows.map(({ line }) => line).sort();
}

/** To the end of the last six hours that are over. */
const until = () => Math.floor((sandbox.now().getTime() - 10 * 60_000) / (6 * hourMs)) * 6 * hourMs;
const begin = Math.floor((start.getTime() - 3 * dayMs) / dayMs) * dayMs;

test.each(['surveys', 'evaluations'] as const)(
  '%s of the first days are there, also of conversations that began long before them',
  async (list) => {
    expect((await sync()).status).toBe(0);
    const expected = known(list, begin, until());
    expect(await stored(list, begin, until())).toEqual(expected);
    expect(expected.length).toBeGreaterThan(10);
    const { rows } = await pool.query<{ count: number }>(
      `select count(*)::int as count from genesys.${list} where event_time >= $1 and conversation_start < $1`,
      [new Date(begin)],
    );
    expect(rows[0]?.count).toBeGreaterThan(0);
  },
);

test('what is answered on a later day is there on that day, in two requests for each six hours', async () => {
  const from = until();
  sandbox.advance(dayMs);
  sandbox.resetRequests();
  expect((await sync()).status).toBe(0);
  for (const list of ['surveys', 'evaluations'] as const) {
    expect(await stored(list, from, until())).toEqual(known(list, from, until()));
  }
  const asked = sandbox.requests().filter(({ path }) => path.endsWith('/details/query')).length;
  // Four slices of each kind that are new, and the second pass of the days before.
  expect(asked).toBeLessThanOrEqual(2 * (4 + 4));
});
