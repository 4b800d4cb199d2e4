import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import type { JsonObject } from '../../src/sandbox/world.js';
import { queueTopic } from '../../src/wrapup/realtime/events.js';
import { signatureOf } from '../../src/wrapup/realtime/signatures.js';
import { type Running, startRun, until } from '../service/support.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { differencesFromTruth, environmentFor, runCommand } from '../support/program.js';

const day = new Date('2026-01-20T00:00:00Z');
const begin = new Date('2026-01-20T08:00:00Z');
const webhookSecret = 'webhook secret, long enough';
const surveySecret = 'survey secret, long enough';

let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;
let running: Running;
let folder: string;
let environment: Record<string, string>;
let wraps: Wrap[];

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 3,
    agents: 16,
    conversationsPerDay: 300,
    clock: { kind: 'fixed', at: begin },
    dataFrom: new Date('2026-01-19T00:00:00Z'),
    requestsPerMinute: 'unlimited',
  });
  database = await migratedDatabase();
  pool = testPool(database.url);
  wraps = afterCallWorks();
  folder = await mkdtemp(join(tmpdir(), 'live-'));
  const rulesPath = join(folder, 'rules.yaml');
  await writeFile(rulesPath, rulesText());
  environment = {
    GENESYS_WAREHOUSE_WRAPUP_RULES: rulesPath,
    GENESYS_WAREHOUSE_WRITE_CLIENT_ID: sandbox.writeClient.id,
    GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET: sandbox.writeClient.secret,
    GENESYS_WAREHOUSE_WEBHOOK_SECRET: webhookSecret,
    GENESYS_WAREHOUSE_SURVEY_SECRET: surveySecret,
  };
  // Only the directory: conversations come by events here, or not at all.
  const streams = ['--stream', 'directory', 'queue_directory'];
  await runCommand(['sync', ...streams], sandbox, environmentFor(sandbox, database.url));
  const args = ['--wrapup', '--apply', ...streams];
  running = await startRun(sandbox, database.url, args, environment);
  await until(async () => (await running.metric('genesys_warehouse_live_connected')) === 1);
}, 240_000);
afterAll(async () => {
  const { output } = await running.stop();
  for (const secret of [webhookSecret, surveySecret, sandbox.clientSecret, sandbox.writeClient.secret])
    expect(output).not.toContain(secret);
  await pool.end();
  await database.drop();
  await sandbox.close();
  await rm(folder, { recursive: true });
});

interface Wrap {
  readonly conversationId: string;
  readonly queueId: string;
  /** In the middle of after-call work. */
  readonly at: Date;
}

const list = (value: unknown) => (Array.isArray(value) ? (value as JsonObject[]) : []);

/** Calls whose after-call work is open for a while and without a code, in the order of the day. */
function afterCallWorks(): Wrap[] {
  return sandbox.world
    .conversationsOfDay(day.getTime())
    .flatMap((conversation) => {
      const record = conversation.render(day.getTime() + 2 * 86_400_000, false);
      return list(record?.participants)
        .filter(({ userId }) => userId !== undefined)
        .flatMap(({ sessions }) => list(sessions))
        .filter(({ mediaType }) => mediaType === 'voice')
        .flatMap(({ segments }) => list(segments))
        .filter(({ segmentType, segmentStart, segmentEnd, queueId }) => {
          const ms = Date.parse(String(segmentEnd)) - Date.parse(String(segmentStart));
          return segmentType === 'wrapup' && ms > 8_000 && queueId !== undefined;
        })
        .map(({ segmentStart, segmentEnd, queueId }) => ({
          conversationId: String(record?.conversationId),
          queueId: String(queueId),
          at: new Date((Date.parse(String(segmentStart)) + Date.parse(String(segmentEnd))) / 2),
        }));
    })
    .filter(({ at }) => at > begin)
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .filter(
      ({ conversationId, at }) =>
        !JSON.stringify(sandbox.world.conversationById(conversationId)?.render(at.getTime(), false)).includes(
          'wrapUpCode',
        ),
    );
}

/** Any code that every queue offers. */
function commonCode(): string {
  const offered = [...sandbox.world.directory.queueWrapupCodes.values()];
  const common = (offered[0] ?? []).filter((code) => offered.every((codes) => codes.includes(code)));
  const all = common[0] ?? offered[0]?.[0];
  if (all === undefined) throw new Error('The organisation has no codes.');
  return all;
}

function rulesText(): string {
  return JSON.stringify({
    version: 1,
    writeback: { queues: ['*'], codes: ['*'], writesPerRunMax: 50 },
    rules: [{ name: 'live', when: { phase: 'afterCallWork' }, set: { code: commonCode() } }],
  });
}

const next = (): Wrap => {
  const offered = (queueId: string) => sandbox.world.directory.queueWrapupCodes.get(queueId) ?? [];
  const at = wraps.findIndex(({ queueId }) => offered(queueId).includes(commonCode()));
  const [wrap] = wraps.splice(at, 1);
  if (wrap === undefined) throw new Error('There is no further after-call work in this day.');
  wraps = wraps.filter((other) => other.at > wrap.at);
  sandbox.setNow(wrap.at);
  return wrap;
};

const stateOf = async ({ conversationId }: Wrap) => {
  const { rows } = await pool.query('select state, reason from wrapup.assignments where conversation_id = $1', [
    conversationId,
  ]);
  return rows.map(({ state, reason }) => `${state}: ${reason}`).join();
};
const isStored = async ({ conversationId }: Wrap) => {
  const { rows } = await pool.query('select 1 from genesys.conversations where conversation_id = $1', [conversationId]);
  return rows.length === 1;
};
const post = (path: string, body: string, headers: Record<string, string>) =>
  fetch(`${running.url}${path}`, { method: 'POST', body, headers }).then(async (answer) => ({
    status: answer.status,
    text: await answer.text(),
  }));
const bearer = { authorization: `Bearer ${webhookSecret}` };
const writes = () => sandbox.requests().filter(({ operation }) => operation === 'wrapup write').length;

describe('run --wrapup --apply', { timeout: 120_000 }, () => {
  test('reads a conversation on an event and sets its code while after-call work is open', async () => {
    const wrap = next();
    expect(await isStored(wrap)).toBe(false);
    sandbox.notify(queueTopic(wrap.queueId), { id: wrap.conversationId, participants: [] });
    await until(async () => (await stateOf(wrap)).startsWith('verified'));
    expect(await isStored(wrap)).toBe(true);
    expect(writes()).toBe(1);
    expect(sandbox.now()).toEqual(wrap.at);
  });

  test('does nothing about a duplicate', async () => {
    const wrap = next();
    const send = () => post('/webhooks/conversations', JSON.stringify({ conversationId: wrap.conversationId }), bearer);
    expect((await send()).status).toBe(202);
    await until(async () => (await stateOf(wrap)).startsWith('verified'));
    const before = writes();
    const readBefore = (await running.metric('genesys_warehouse_live_conversations_read_total')) ?? 0;
    await send();
    await send();
    await until(
      async () => ((await running.metric('genesys_warehouse_live_conversations_read_total')) ?? 0) > readBefore,
    );
    expect(writes()).toBe(before);
    const { rows } = await pool.query(
      'select count(*)::int as count from wrapup.assignments where conversation_id = $1',
      [wrap.conversationId],
    );
    expect(rows[0].count).toBe(1);
  });

  test('finds by polling what it missed, as soon as its channel is open again', async () => {
    const wrap = next();
    const token = await fetch(`${sandbox.url}/oauth/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${sandbox.clientId}:${sandbox.clientSecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    }).then((answer) => answer.json() as Promise<{ access_token: string }>);
    // Genesys keeps twenty channels of a client: these close ours.
    for (let made = 0; made < 21; made += 1)
      await fetch(`${sandbox.url}/api/v2/notifications/channels`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token.access_token}` },
      });
    await until(async () => (await stateOf(wrap)).startsWith('verified'));
    expect(await running.metric('genesys_warehouse_live_reconnects_total')).toBeGreaterThan(0);
  });

  test('shows what Genesys says now, whatever the order of the events', async () => {
    const ended = sandbox.world
      .conversationsOfDay(day.getTime())
      .slice(0, 20)
      .map(({ id }) => id);
    for (const id of [...ended, ...ended.toReversed()])
      expect((await post('/webhooks/conversations', JSON.stringify({ conversationId: id }), bearer)).status).toBe(202);
    await until(async () => (await running.metric('genesys_warehouse_live_waiting_conversations')) === 0);
    await until(async () =>
      (await Promise.all(ended.map((conversationId) => isStored({ conversationId } as Wrap)))).every(Boolean),
    );
    // Codes that were written are part of the answers, and not of what the sandbox holds for the truth.
    const written = (await pool.query('select conversation_id as id from wrapup.assignments')).rows.map(({ id }) => id);
    const different = await differencesFromTruth(pool, sandbox);
    expect(different.filter((id) => !written.includes(id))).toEqual([]);
  });

  test('takes no event from who does not know the secret', async () => {
    const body = JSON.stringify({ conversationId: wraps[0]?.conversationId });
    expect((await post('/webhooks/conversations', body, {})).status).toBe(401);
    expect((await post('/webhooks/conversations', body, { authorization: 'Bearer guess' })).status).toBe(401);
    expect((await post('/webhooks/conversations', 'x'.repeat(600_000), bearer)).status).toBe(413);
  });

  test('stores answers of surveys that are signed, each once', async () => {
    const timestamp = String(Math.floor(sandbox.now().getTime() / 1_000));
    const { conversationId } = wraps[0] as Wrap;
    const body = JSON.stringify({ conversationId, surveyId: 's-1', answeredAt: sandbox.now().toISOString(), nps: 9 });
    const signed = { 'x-timestamp': timestamp, 'x-signature': signatureOf(surveySecret, Buffer.from(body), timestamp) };
    expect((await post('/surveys', body, {})).status).toBe(401);
    expect((await post('/surveys', body, { ...signed, 'x-timestamp': String(Number(timestamp) - 600) })).status).toBe(
      401,
    );
    const { status, text } = await post('/surveys', body, signed);
    expect([status, JSON.parse(text)]).toEqual([200, { stored: 1, unchanged: 0, faulty: 0, faults: [] }]);
    expect((await post('/surveys', body, signed)).status).toBe(409);
    const { rows } = await pool.query(
      'select source, conversation_id, promoter_score::float8 as score from wrapup.surveys',
    );
    expect(rows).toEqual([{ source: 'post', conversation_id: conversationId, score: 9 }]);
    await until(() => isStored({ conversationId } as Wrap));
  });
});

describe('run', () => {
  const start = (args: readonly string[], extra: Record<string, string> = {}) =>
    runCommand(['run', ...args], sandbox, {
      ...environmentFor(sandbox, database.url),
      ...environment,
      GENESYS_WAREHOUSE_SERVICE_PORT: '0',
      ...extra,
    });

  test('says what is wrong with its options', async () => {
    const wrong = join(folder, 'wrong.yaml');
    await writeFile(wrong, rulesText().replace(commonCode(), 'No such code'));
    const nowhere = { GENESYS_WAREHOUSE_WRAPUP_RULES: join(folder, 'nothing.yaml') };
    const [unknown, never, alone, without, unwritten] = [
      await start(['--wrapup'], { GENESYS_WAREHOUSE_WRAPUP_RULES: wrong }),
      await start(['--schedule', 'sometimes']),
      await start(['--apply']),
      await start(['--wrapup'], nowhere),
      await start(['--wrapup', '--apply'], {
        GENESYS_WAREHOUSE_WRITE_CLIENT_ID: '',
        GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET: '',
      }),
    ];
    expect([unknown.status, never.status, alone.status, without.status, unwritten.status]).toEqual([2, 2, 2, 2, 2]);
    expect(unknown.output).toContain('No such code');
    expect(never.output).toContain('not a cron expression');
    expect(alone.output).toContain('add --wrapup');
    expect(without.output).toContain('cannot be read');
    expect(unwritten.output).toContain('Credentials for writing');
  });
});
