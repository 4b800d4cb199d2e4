/** Checks records that are legal and strange against every check of the marts, with what they show worked out by hand. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  agent,
  at,
  conversation,
  customer,
  id,
  type Marts,
  metric,
  openMarts,
  participant,
  segment,
  session,
} from './support.js';

const directory = join(import.meta.dirname, '../sql');
const checks = ['.', 'details'].flatMap((folder) =>
  readdirSync(join(directory, folder))
    .filter((name) => name.endsWith('.sql') && name !== 'enum_values_known.sql')
    .map((name) => join(folder, name)),
);
const [service, sales, ann, bob, code] = [1, 2, 11, 12, 70].map(id) as [string, string, string, string, string];
let marts: Marts;

const queue = (queueId: string, start: string, end: string | null, metrics: object[] = [], more = {}) =>
  participant('acd', [session([segment('interact', start, end, { queueId })], { metrics, ...more })]);

beforeAll(async () => {
  marts = await openMarts('Europe/Berlin');
  await marts.load([
    conversation(1, [], { participants: undefined }),
    conversation(2, [participant('agent', [], { userId: ann, sessions: undefined })]),
    conversation(3, [agent(ann, session([]))]),
    // A wrap-up segment whose code is null, and one after it without the key.
    conversation(4, [
      customer,
      queue(service, '10:00', '10:01', [metric('nOffered', 1), metric('tAnswered', 60, '10:01')]),
      agent(
        ann,
        session(
          [
            segment('interact', '10:01', '10:05', { queueId: service }),
            segment('wrapup', '10:05', '10:06', { queueId: service, wrapUpCode: null }),
          ],
          { metrics: [metric('tAnswered', 60, '10:01'), metric('tHandle', 300, '10:06')] },
        ),
      ),
    ]),
    // Values that no version of the API has named yet, and no length anywhere.
    conversation(5, [
      customer,
      queue(service, '10:00', '10:00', [metric('nOffered', 1), metric('tAnswered', 0, '10:00')], {
        mediaType: 'hologram',
      }),
      agent(
        ann,
        session([segment('interact', '10:00', '10:00', { queueId: service, disconnectType: 'evaporated' })], {
          mediaType: 'hologram',
          direction: 'sideways',
          metrics: [
            metric('tAnswered', 0, '10:00'),
            metric('tHandle', 0, '10:00'),
            metric('tTalkComplete', 0, '10:00'),
          ],
        }),
      ),
      participant('oracle', [session([segment('divining', '10:00', '10:00')])]),
    ]),
    // An agent works in two queues in one conversation: two handlings, 240 s and 60 s; one of them has a code.
    conversation(6, [
      customer,
      queue(service, '10:00', '10:01', [metric('nOffered', 1), metric('tAnswered', 60, '10:01')]),
      agent(
        ann,
        session([segment('interact', '10:01', '10:05', { queueId: service, disconnectType: 'transfer' })], {
          metrics: [metric('tHandle', 240), metric('nTransferred', 1), metric('nBlindTransferred', 1)],
        }),
      ),
      queue(sales, '10:05', '10:06', [metric('nOffered', 1), metric('tAnswered', 60, '10:06')]),
      agent(
        ann,
        session(
          [
            segment('interact', '10:06', '10:07', { queueId: sales }),
            segment('wrapup', '10:07', '10:07', { queueId: sales, wrapUpCode: code }),
          ],
          { metrics: [metric('tAnswered', 60, '10:06'), metric('tHandle', 60, '10:07')] },
        ),
      ),
    ]),
    // It begins at 23:50 of 2 March in Berlin, and ends after midnight.
    conversation(
      7,
      [
        queue(service, '22:50', '23:10', [metric('nOffered', 1, '22:50'), metric('tAnswered', 1200, '23:10')]),
        agent(
          bob,
          session([segment('interact', '23:10', '23:20', { queueId: service })], {
            metrics: [metric('tHandle', 600, '23:20')],
          }),
        ),
      ],
      { conversationStart: at('22:50'), conversationEnd: at('23:20') },
    ),
    // The customer gives up a chat; the e-mail of the same conversation waits.
    conversation(
      8,
      [
        queue(service, '10:00', '10:02', [metric('nOffered', 1), metric('tAbandon', 120, '10:02')], {
          mediaType: 'chat',
        }),
        queue(sales, '10:03', null, [metric('nOffered', 1)], { mediaType: 'email' }),
      ],
      { conversationEnd: undefined },
    ),
  ]);
});

afterAll(() => marts?.close());

test.each(checks)('%s finds no offenders in strange records', async (name) => {
  const text = readFileSync(join(directory, name), 'utf8');
  expect(await marts.rows(`select * from (${text}) as offenders limit 5`)).toEqual([]);
});

test('each strange record is one conversation with one verdict', async () => {
  const rows = await marts.rows(
    `select right(conversation_id::text, 1)::int as record, media_types, agent_session_count::int as agents, wrapup_state, wrapup_cause,
            is_open, is_abandoned
     from mart.fct_conversations order by conversation_id`,
  );
  const row = (
    record: number,
    ...[media_types, agents, wrapup_state, wrapup_cause, is_open, is_abandoned]: unknown[]
  ) => ({
    record,
    media_types,
    agents,
    wrapup_state,
    wrapup_cause,
    is_open,
    is_abandoned,
  });
  expect(rows).toEqual([
    row(1, null, 0, 'not_applicable', 'system_generated', false, false),
    row(2, null, 0, 'not_applicable', 'system_generated', false, false),
    row(3, 'voice', 1, 'not_applicable', 'non_acd', false, false),
    row(4, 'voice', 1, 'missing', 'unexplained', false, false),
    row(5, 'hologram,voice', 1, 'missing', 'unexplained', false, false),
    row(6, 'voice', 2, 'partly', null, false, false),
    row(7, 'voice', 1, 'missing', 'unexplained', false, false),
    row(8, 'chat,email', 0, 'open', 'still_open', true, true),
  ]);
});

test('an agent in two queues has two handlings, and both are counted once', async () => {
  const rows = await marts.rows(
    'select queue_id, handle_seconds::float, is_coded from mart.fct_agent_sessions where conversation_id = $1 order by participant_no',
    [id(6)],
  );
  expect(rows).toEqual([
    { queue_id: service, handle_seconds: 240, is_coded: false },
    { queue_id: sales, handle_seconds: 60, is_coded: true },
  ]);
});

test('a conversation over midnight counts on the local day of its start, its handling on the day of its own', async () => {
  const [row] = await marts.rows(
    `select conversations.day::text as day, sessions.day::text as session_day, legs.day::text as leg_day
     from mart.fct_conversations as conversations
     inner join mart.fct_agent_sessions as sessions using (conversation_id)
     inner join mart.fct_queue_legs as legs using (conversation_id)
     where conversation_id = $1`,
    [id(7)],
  );
  expect(row).toEqual({ day: '2026-03-02', session_day: '2026-03-03', leg_day: '2026-03-02' });
});

test('of two media one may be abandoned while the other waits', async () => {
  const rows = await marts.rows(
    `select media_type, is_abandoned, is_open, wait_bucket from mart.fct_queue_legs where conversation_id = $1 order by media_type`,
    [id(8)],
  );
  expect(rows).toEqual([
    { media_type: 'chat', is_abandoned: true, is_open: false, wait_bucket: '60_120' },
    { media_type: 'email', is_abandoned: false, is_open: true, wait_bucket: null },
  ]);
});
