import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spanOf } from '../../src/conversation/encode.js';
import { flatten } from '../../src/conversation/flatten.js';
import { factsTable, type MovedFigure, movedFigures } from '../../src/conversation/restated-figures.js';
import { rowsIn } from '../../src/values/copy-reader.js';
import { propertyRuns } from '../support/runs.js';
import { at, LoadDatabase } from './load-database.js';

/** Newest knowledge wins, not latest arrival, and what moved is written down. */
const customerId = '11111111-1111-4111-8111-111111111111';
const agentIds = ['22222222-2222-4222-8222-222222222222', '33333333-3333-4333-8333-333333333333'];
const queueIds = ['44444444-4444-4444-8444-444444444444', '55555555-5555-4555-8555-555555555555'];

/** One look at a conversation: a details query returns no attributes, a job returns them as they were hours before the request. */
interface Look {
  readonly conversation: number;
  readonly minute: number;
  readonly isJob: boolean;
}

let db: LoadDatabase;
beforeAll(async () => {
  db = await LoadDatabase.create();
});
afterAll(async () => {
  await db?.drop();
});

const look: fc.Arbitrary<Look> = fc.record({
  conversation: fc.integer({ min: 0, max: 2 }),
  minute: fc.integer({ min: 0, max: 25 }),
  isJob: fc.boolean(),
});
/** Generates looks. Two looks of one instant at one conversation return the same, so either may be stored. */
const looks = (maxLength: number) =>
  fc.uniqueArray(look, {
    minLength: 1,
    maxLength,
    selector: ({ conversation, minute }) => `${conversation} ${minute}`,
  });

/** Builds the conversation as it is at a minute. It gets an agent, is coded late, is moved to another queue and restated, each at its own time. */
function recordAt(conversationId: string, { minute, isJob }: Pick<Look, 'minute' | 'isJob'>): Record<string, unknown> {
  const start = Date.UTC(2026, 2, 1, 9, minute > 20 ? 10 : 0);
  const time = (seconds: number) => new Date(start + seconds * 1_000).toISOString();
  const agents = agentIds.slice(0, minute > 6 ? 2 : 1).map((userId, index) => ({
    participantId: userId,
    userId,
    purpose: 'agent',
    sessions: [
      {
        mediaType: 'voice',
        segments: [
          {
            segmentType: 'interact',
            segmentStart: time(10),
            segmentEnd: time(900 + index),
            queueId: queueIds[minute % 9 > 5 ? 1 : 0],
          },
          {
            segmentType: 'wrapup',
            segmentStart: time(900),
            segmentEnd: time(930),
            queueId: queueIds[minute % 9 > 5 ? 1 : 0],
            ...(minute > 11 ? { wrapUpCode: 'a' } : {}),
          },
        ],
        metrics: [{ name: 'tHandle', value: 60_000 + 1_000 * Math.floor(minute / 4), emitDate: time(930) }],
      },
    ],
    ...(isJob ? { attributes: { note: `${index} ${Math.floor(minute / 5)}` } } : {}),
  }));
  const customer = { participantId: customerId, purpose: 'customer', sessions: [{ mediaType: 'voice' }] };
  return {
    conversationId,
    conversationStart: time(0),
    participants: minute % 4 === 3 ? [...agents, customer] : [customer, ...agents],
  };
}

type Participant = Record<string, unknown>;
const participantsOf = (record: Record<string, unknown>) => record.participants as Participant[];

/** The newest content with the newest attributes, each participant its own. */
function newestKnowledge(conversationId: string, seen: readonly Look[]): Record<string, unknown> | null {
  const byAge = [...seen].sort((a, b) => b.minute - a.minute);
  const newest = byAge[0];
  if (newest === undefined) return null;
  const content = recordAt(conversationId, { minute: newest.minute, isJob: false });
  const job = byAge.find(({ isJob }) => isJob);
  const attributesById = new Map(
    job === undefined
      ? []
      : participantsOf(recordAt(conversationId, job)).map((each) => [each.participantId, each.attributes]),
  );
  const participants = participantsOf(content).map((each) => {
    const attributes = attributesById.get(each.participantId);
    return attributes === undefined ? each : { ...each, attributes };
  });
  return { ...content, participants };
}

const ofConversation = (seen: readonly Look[], conversation: number) =>
  seen.filter((each) => each.conversation === conversation);

test('two workers that bring looks of queries and jobs in any order and at once leave the newest content and the newest attributes', {
  timeout: 240_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(looks(10), fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }), async (arrivals, turns) => {
      const ids = [randomUUID(), randomUUID(), randomUUID()];
      const bring = async (mine: readonly Look[]) => {
        for (const each of mine) await db.load([recordAt(ids[each.conversation] as string, each)], at(each.minute));
      };
      const isFirst = (_: Look, index: number) => turns[index] === true;
      await Promise.all([
        bring(arrivals.filter(isFirst)),
        bring(arrivals.filter((each, index) => !isFirst(each, index))),
      ]);
      for (const [conversation, id] of ids.entries()) {
        const seen = ofConversation(arrivals, conversation);
        if (seen.length > 0) expect(await db.record(id)).toEqual(newestKnowledge(id, seen));
      }
    }),
    { numRuns: propertyRuns(60), endOnFailure: true },
  );
});

test('a page of a job that is older than the result of a query stores its attributes and nothing else', async () => {
  const id = randomUUID();
  await db.load([recordAt(id, { minute: 20, isJob: false })], at(20), 'conversations');
  await db.load([recordAt(id, { minute: 8, isJob: true })], at(8), 'conversation_history');
  expect(await db.record(id)).toEqual(
    newestKnowledge(id, [
      { conversation: 0, minute: 20, isJob: false },
      { conversation: 0, minute: 8, isJob: true },
    ]),
  );
  expect(await db.query('select from extract.restatements where conversation_id = $1', [id])).toHaveLength(0);
});

test('what restatements moved, together, is the difference between what was stored first and what is stored now', {
  timeout: 240_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(looks(7), async (arrivals) => {
      const ids = [randomUUID(), randomUUID(), randomUUID()];
      for (const each of arrivals) await db.load([recordAt(ids[each.conversation] as string, each)], at(each.minute));
      for (const [conversation, id] of ids.entries()) {
        const seen = ofConversation(arrivals, conversation);
        const first = seen[0];
        if (first === undefined) continue;
        const newest = seen.reduce((a, b) => (b.minute > a.minute ? b : a));
        const expected = movedFigures(factRows(id, first), factRows(id, newest)).map(({ before, after, ...place }) =>
          key(place, after - before),
        );
        expect((await movedInDatabase(id)).sort()).toEqual(expected.sort());
      }
    }),
    { numRuns: propertyRuns(40), endOnFailure: true },
  );
});

function factRows(id: string, { minute }: Look) {
  const flat = flatten(recordAt(id, { minute, isJob: false }));
  const { start, end } = spanOf(flat, factsTable);
  return rowsIn(flat.bytes, start, end);
}

const key = (
  { quarterStart, queueId, figure }: Pick<MovedFigure, 'quarterStart' | 'queueId' | 'figure'>,
  moved: number,
) => `${new Date(quarterStart).toISOString()} ${queueId} ${figure} ${moved}`;

async function movedInDatabase(id: string): Promise<string[]> {
  const rows = await db.query<{ at: Date; queue: string | null; figure: string; moved: number }>(
    `select quarter_start as at, queue_id as queue, figure, sum(value_after - value_before)::float8 as moved
     from extract.restatement_figures join extract.restatements using (restatement_id)
     where conversation_id = $1 group by 1, 2, 3, media_type having sum(value_after - value_before) <> 0`,
    [id],
  );
  return rows.map((row) => key({ quarterStart: row.at.getTime(), queueId: row.queue, figure: row.figure }, row.moved));
}
