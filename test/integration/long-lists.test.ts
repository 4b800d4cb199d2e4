import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalText } from '../conversation/arbitraries.js';
import {
  agent,
  conversation,
  customer,
  id,
  type JsonObject,
  type Marts,
  metric,
  openMarts,
  segment,
  session,
} from '../marts/support.js';

const positionsMax = 32_767;
const [queueId, code] = [id(71), id(72)];

/** Builds a chat of several days: each exchange is a segment and three emissions, and the end is beyond what positions can count. */
function longChat(number: number): JsonObject {
  const exchanges = Math.ceil(positionsMax / 3) + 1;
  const metrics = Array.from({ length: exchanges }, () => [
    metric('tTalk', 2),
    metric('tHeld', 1),
    metric('tAgentResponseTime', 3),
  ]).flat();
  const talk = segment('interact', '10:01:00', '10:02:00', { queueId });
  const segments = [
    ...Array.from({ length: positionsMax }, () => talk),
    segment('wrapup', '10:20:00', '10:21:00', { wrapUpCode: code }),
  ];
  return conversation(number, [
    customer,
    agent(id(1), session(segments, { metrics: [...metrics, metric('tHandle', 700), metric('nTransferred', 1)] })),
  ]);
}

describe('a session with more segments and metrics than positions can count', () => {
  let marts: Marts;
  const record = longChat(1);
  beforeAll(async () => {
    marts = await openMarts();
    await marts.load([record, conversation(2, [customer])]);
  });
  afterAll(() => marts?.close());

  test('is handled, with the times and the code of all of them', async () => {
    const rows = await marts.rows(
      `select is_handled, handle_seconds::float, talk_seconds::float, hold_seconds::float, transferred_count::int,
              wrapup_code, ended_at from mart.fct_agent_sessions`,
    );
    const exchanges = Math.ceil(positionsMax / 3) + 1;
    expect(rows).toEqual([
      {
        is_handled: true,
        handle_seconds: 700,
        talk_seconds: exchanges * 2,
        hold_seconds: exchanges,
        transferred_count: 1,
        wrapup_code: code,
        ended_at: new Date('2026-03-02T10:21:00Z'),
      },
    ]);
  });

  test('keeps in extra only what has no position', async () => {
    const [row] = await marts.rows(
      `select (select max(metric_no)::int from genesys.session_metrics) as metrics,
              (select max(segment_no)::int from genesys.segments) as segments,
              (select jsonb_array_length(extra -> 'segments') from genesys.sessions where extra is not null) as rest`,
    );
    expect(row).toEqual({ metrics: positionsMax, segments: positionsMax, rest: 1 });
  });

  test('comes back from the tables key for key, in its order', async () => {
    const [row] = await marts.rows<{ json: string }>('select genesys.conversation_json($1)::text as json', [id(1)]);
    expect(canonicalText(JSON.parse(row?.json ?? 'null'))).toBe(canonicalText(JSON.parse(JSON.stringify(record))));
  });

  test('is unchanged when it comes again', async () => {
    await marts.load([longChat(1)]);
    expect(await marts.rows('select changed_fields from extract.restatements')).toEqual([]);
  });
});
