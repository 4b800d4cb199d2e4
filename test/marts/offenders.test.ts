import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld } from '../../src/sandbox/world/index.js';
import { conversation, customer, insertEntity, type Marts, openMarts } from './support.js';

/** Each file is a query that returns offenders: no rows passes. */
const directory = join(import.meta.dirname, '../sql');
const checks = readdirSync(directory).filter((name) => name.endsWith('.sql'));

let marts: Marts;

beforeAll(async () => {
  marts = await openMarts('Europe/Berlin');
  const world = createWorld({ seed: 5, agents: 60, conversationsPerDay: 500, timeZone: 'Europe/Berlin' });
  // Over the night in which clocks change, seen while conversations of the last day are still open.
  const days = [28, 29, 30].map((day) => Date.UTC(2026, 2, day));
  const asOfMs = Date.UTC(2026, 2, 30, 15);
  const records = days.flatMap((day) => world.conversationsOfDay(day).map((each) => each.render(asOfMs, true)));
  await marts.load([
    ...records.filter((record) => record !== undefined),
    conversation(1, []),
    conversation(2, [customer]),
  ]);
  for (const { id, name, state } of world.directory.wrapupCodes.slice(3) as Record<string, string>[]) {
    const deleted_at = state === 'deleted' ? '2026-02-01T00:00:00Z' : null;
    await insertEntity(marts, { relation: 'wrapup_codes', values: { wrapup_code: id, name, deleted_at } });
  }
  for (const queue of world.directory.queues as unknown as Queue[]) {
    const values = { queue_id: queue.id, name: queue.name, acw_wrapup_prompt: queue.acwSettings.wrapupPrompt };
    await insertEntity(marts, { relation: 'queues', values });
  }
});

interface Queue {
  readonly id: string;
  readonly name: string;
  readonly acwSettings: { readonly wrapupPrompt: string };
}

afterAll(() => marts?.close());

test('the data has sessions with codes, sessions with most causes, and conversations without agents', async () => {
  const [counts] = await marts.rows(
    `select (select count(*)::int from mart.fct_agent_sessions where is_coded) as coded,
            (select count(distinct wrapup_cause)::int from mart.fct_agent_sessions) as session_causes,
            (select count(distinct wrapup_cause)::int from mart.fct_conversations) as conversation_causes`,
  );
  expect(counts?.coded).toBeGreaterThan(100);
  expect(counts?.session_causes).toBeGreaterThan(8);
  expect(counts?.conversation_causes).toBeGreaterThan(4);
});

test.each(checks)('%s finds no offenders', async (name) => {
  const text = readFileSync(join(directory, name), 'utf8');
  expect(await marts.rows(`select * from (${text}) as offenders limit 5`)).toEqual([]);
});

test.each([
  'fct_conversations',
  'fct_agent_sessions',
  'fct_queue_legs',
  'fct_wrapups',
  'fct_surveys',
  'fct_evaluations',
])('flags of %s are true or false, never null', async (view) => {
  const flags = await marts.rows<{ name: string }>(
    `select column_name as name from information_schema.columns
       where table_schema = 'mart' and table_name = $1 and data_type = 'boolean'`,
    [view],
  );
  const condition = flags.map(({ name }) => `${name} is null`).join(' or ');
  expect(await marts.rows(`select * from mart.${view} where ${condition} limit 1`)).toEqual([]);
});
