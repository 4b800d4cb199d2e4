/** Records of an answer, taken one by one while it arrives: through the real SDK over HTTP. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { RecordSink } from '../../src/genesys/api.js';
import { createScreen } from '../../src/privacy/scrubber.js';
import { privateApi } from '../../src/streams/scrubbed-api.js';
import { anyQuery, openApi, type Reply, startServer } from './api-server.js';

interface Notes extends RecordSink {
  readonly records: unknown[];
  readonly steps: string[];
}

function notes(): Notes {
  const records: unknown[] = [];
  const steps: string[] = [];
  return {
    records,
    steps,
    begin: async () => void steps.push('begin'),
    add: (record) => {
      records.push(record);
      if (steps.at(-1) !== 'add') steps.push('add');
    },
    drop: () => {
      records.length = 0;
      steps.push('drop');
    },
  };
}

const conversations = Array.from({ length: 500 }, (_, n) => ({
  conversationId: `c${n}`,
  note: 'ü€😀 [{"]},'.repeat(20),
}));
const whole: Reply = { body: { totalHits: 500, conversations, aggregations: [{ a: [1] }] } };

describe('the records of an answer', () => {
  test('come one by one, and the body without them', async () => {
    const server = await startServer(() => whole);
    const sink = notes();
    const { body } = await openApi(server.url).detailsQuery(anyQuery, { records: sink });
    expect(sink.records).toEqual(conversations);
    expect(body).toEqual({ totalHits: 500, conversations: [], aggregations: [{ a: [1] }] });
    expect(sink.steps).toEqual(['begin', 'add']);
  });

  test('come the same from a packed answer', async () => {
    const body = gzipSync(JSON.stringify(whole.body));
    const server = await startServer(() => ({ headers: { 'content-encoding': 'gzip' }, body }));
    const sink = notes();
    await openApi(server.url).detailsQuery(anyQuery, { records: sink });
    expect(sink.records).toEqual(conversations);
  });

  test('are dropped when the answer breaks off, and come whole from the next attempt', async () => {
    const text = JSON.stringify(whole.body);
    const cut = [
      { fault: 'half', body: text.slice(0, 30_000) },
      { body: text.slice(0, 30_000) },
      { body: `${text.slice(0, 30_000)}\u0000,${text.slice(30_000)}` },
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(text).subarray(0, -20) },
    ] as const;
    const server = await startServer((_, nth) => cut[nth - 1] ?? whole);
    const sink = notes();
    await openApi(server.url).detailsQuery(anyQuery, { records: sink });
    expect(sink.records).toEqual(conversations);
    expect(server.seen).toHaveLength(cut.length + 1);
    expect(sink.steps.filter((step) => step === 'drop')).toHaveLength(cut.length);
  });

  test('are not asked of an answer that is an error, HTML or empty', async () => {
    const bad: readonly Reply[] = [{ status: 503, body: '' }, { body: '<html>[1,2]</html>' }, { body: '' }];
    const server = await startServer((_, nth) => bad[nth - 1] ?? whole);
    const sink = notes();
    await openApi(server.url).detailsQuery(anyQuery, { records: sink });
    expect(server.seen).toHaveLength(bad.length + 1);
    expect(sink.records).toEqual(conversations);
  });

  test('that a policy hides are hidden before anybody has them', async () => {
    const server = await startServer(() => ({
      body: { conversations: [{ participants: [{ participantName: 'Ann' }] }] },
    }));
    const screen = createScreen({
      addresses: 'keep',
      names: 'drop',
      notes: 'keep',
      attributes: 'keep',
    });
    const sink = notes();
    await privateApi(openApi(server.url), screen).detailsQuery(anyQuery, { records: sink });
    expect(sink.records).toEqual([{ participants: [{}] }]);
  });

  test('are not read from the network before the sink is ready', async () => {
    const server = await startServer(() => whole);
    let open: () => void = () => {};
    const sink = notes();
    const ready = new Promise<void>((resolve) => {
      open = resolve;
    });
    const waiting = { ...sink, begin: () => ready };
    const call = openApi(server.url).detailsQuery(anyQuery, { records: waiting });
    while (server.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(sink.records).toEqual([]);
    open();
    await call;
    expect(sink.records).toHaveLength(500);
  });
});
