import { expect, test } from 'vitest';
import { sleepFor } from '../../src/lib/abort.js';
import type { Proposal } from '../../src/model/assignment.js';
import type { JsonObject, SimulatedConversation, World, WorldOptions } from '../../src/sandbox/world.js';
import { createFakeWorld } from '../sandbox/fake-world.js';
import { apply, noon, openBench, openWriter, partsOf, propose, writesSeen } from '../wrapup-write/support.js';

const pending = 10_000;
const perMinute = 300;
/** So much faster than the machine's clock time passes for both sides: a minute of the allowance lasts 300 ms. */
const haste = 200;
const minuteMs = 60_000;
const dayMs = 86_400_000;
const codeId = '00000000-0000-4000-8000-0000000c0de1';
const queueId = '00000000-0000-4000-8000-0000000000a1';

const uuid = (kind: number, n: number) => `00000000-0000-4000-8000-${kind}${String(n).padStart(11, '0')}`;

/** As many open calls as there are assignments, all begun in the last hour. */
function busyWorld(options: WorldOptions): World {
  const { directory } = createFakeWorld(1)(options);
  const startMs = noon.getTime() - 3_600_000;
  const conversations = Array.from({ length: pending }, (_, n) => openCall(n, startMs));
  const byId = new Map(conversations.map((conversation) => [conversation.id, conversation]));
  return {
    options,
    directory: {
      ...directory,
      wrapupCodes: [{ id: codeId, name: 'No answer needed' }],
      queues: [{ id: queueId, name: 'Sales' }],
      queueWrapupCodes: new Map([[queueId, [codeId]]]),
    },
    lifetimeMsMax: dayMs,
    conversationsOfDay: (day) => (day === Math.floor(startMs / dayMs) * dayMs ? conversations : []),
    conversationById: (id) => byId.get(id),
  };
}

function openCall(n: number, startMs: number): SimulatedConversation {
  const endMs = startMs + dayMs;
  const segment = { segmentStart: new Date(startMs).toISOString(), segmentEnd: noon.toISOString(), queueId };
  const record: JsonObject = {
    conversationId: uuid(1, n),
    conversationStart: new Date(startMs).toISOString(),
    participants: [
      {
        participantId: uuid(2, n),
        purpose: 'agent',
        userId: uuid(4, n % 50),
        sessions: [{ sessionId: uuid(3, n), mediaType: 'voice', segments: [{ ...segment, segmentType: 'interact' }] }],
      },
    ],
  };
  return { id: uuid(1, n), startMs, endMs, settledMs: endMs, changesMs: [startMs], render: () => record };
}

function proposal(n: number): Proposal {
  const at = new Date(noon.getTime() - 3_600_000);
  return {
    conversationStart: at,
    conversationId: uuid(1, n),
    participantNo: 1,
    sessionNo: 1,
    startedAt: at,
    participantId: uuid(2, n),
    sessionId: uuid(3, n),
    queueId,
    userId: uuid(4, n % 50),
    mediaType: 'voice',
    rule: 'left without a code',
    ruleVersion: '1',
    source: 'rule',
    wrapupCode: codeId,
    wrapupName: 'No answer needed',
    note: null,
    previousCode: null,
    cause: null,
  };
}

test('ten thousand pending assignments are written once each inside 300 requests a minute, in runs that resume where the last one ended', async () => {
  const bench = await openBench({
    createWorld: busyWorld,
    requestsPerMinute: perMinute,
    rateWindowMs: minuteMs / haste,
    requestLogMax: 100_000,
  });
  await propose(
    bench,
    Array.from({ length: pending }, (_, n) => proposal(n)),
  );
  const began = performance.now();
  const clockMs = () => (performance.now() - began) * haste;
  const sleep = (ms: number, signal?: AbortSignal) => sleepFor(ms / haste, signal);
  const writer = openWriter(bench.sandbox, undefined, { requestsPerMinute: perMinute, clockMs, sleep });
  const written: number[] = [];
  for (let run = 0; run < 4; run += 1) {
    const summary = await apply(bench, { writesMax: 4_000, concurrency: 8 }, partsOf(bench, writer, { sleep }));
    expect(summary.stopped).toBeUndefined();
    written.push(summary.written);
  }
  const minutes = clockMs() / minuteMs;
  expect(written).toEqual([4_000, 4_000, 2_000, 0]);
  const { rows } = await bench.pool.query('select state, count(*)::integer from wrapup.assignments group by 1');
  expect(rows).toEqual([{ state: 'verified', count: pending }]);
  const accepted = bench.sandbox
    .requests()
    .filter(({ operation, status }) => operation === 'wrapup write' && status === 202);
  expect(accepted).toHaveLength(pending);
  expect(writesSeen(bench.sandbox).size).toBe(pending);
  // A look before, the write, a look after; the start of the clock may lie inside a minute.
  expect(writer.stats().requests).toBeLessThan(3 * pending * 1.01);
  expect(writer.stats().requests).toBeLessThanOrEqual(perMinute * (minutes + 1));
}, 600_000);
