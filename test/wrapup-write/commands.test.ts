import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { createDatabase, type TestDatabase, templateDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';
import { noon, rowsOf, writesSeen } from './support.js';

const from = '2026-01-20';
let sandbox: Sandbox;
let template: string;

beforeAll(async () => {
  sandbox = await startSandbox({
    agents: 20,
    conversationsPerDay: 400,
    clock: { kind: 'fixed', at: noon },
    dataFrom: new Date('2026-01-20T00:00:00Z'),
    requestsPerMinute: 'unlimited',
    lateWrapups: 'accepted',
  });
  template = await templateDatabase('wrapup_write_synced', async (url) => {
    const environment = { ...environmentFor(sandbox, url), GENESYS_WAREHOUSE_START: '2026-01-20T00:00:00Z' };
    const { status, output } = await runCommand(
      ['sync', '--stream', 'conversations', 'directory', 'queue_directory'],
      sandbox,
      environment,
    );
    if (status !== 0) throw new Error(output);
  });
});
afterAll(() => sandbox.close());

interface Place {
  readonly pool: pg.Pool;
  readonly environment: Record<string, string>;
  run(args: readonly string[], more?: Record<string, string>): Promise<{ status: number; output: string }>;
}

async function open(rules: string): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'gw-wrapup-'));
  const database: TestDatabase = await createDatabase(template);
  const pool = testPool(database.url);
  sandbox.resetRequests();
  onTestFinished(async () => {
    await pool.end();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
    sandbox.reset();
  });
  await writeFile(join(directory, 'rules.yaml'), rules);
  const environment = {
    ...environmentFor(sandbox, database.url),
    GENESYS_WAREHOUSE_WRAPUP_RULES: join(directory, 'rules.yaml'),
    GENESYS_WAREHOUSE_WRITE_TOKEN_FILE: join(directory, 'token.json'),
    GENESYS_WAREHOUSE_WRITE_CLIENT_ID: sandbox.writeClient.id,
    GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET: sandbox.writeClient.secret,
  };
  const run: Place['run'] = (args, more = {}) => runCommand(['wrapup', ...args], sandbox, { ...environment, ...more });
  return { pool, environment, run };
}

/** A queue with agent sessions, and two codes that it offers. */
function queueAndCodes() {
  const { queues, queueWrapupCodes, wrapupCodes } = sandbox.world.directory;
  const queue = queues.find(({ id }) => (queueWrapupCodes.get(String(id)) ?? []).length >= 2);
  const [code] = queueWrapupCodes.get(String(queue?.id)) ?? [];
  return { queue: String(queue?.name), code: String(wrapupCodes.find(({ id }) => id === code)?.name) };
}

function rulesText({
  queue,
  code,
  writesMax = 5,
  more = '',
}: {
  queue: string;
  code: string;
  writesMax?: number;
  more?: string;
}) {
  return `version: 1
writeback:
  queues: ["${queue}"]
  codes: ["${code}"]
  writesPerRunMax: ${writesMax}
rules:
  - name: left without a code
    when:
      queue: "${queue}"
    set:
      code: "${code}"
      note: set by rule
${more}`;
}

const withoutWriteback = (text: string) => text.replace(/writeback:[\s\S]*?(?=rules:)/, '');

describe('wrapup apply', () => {
  test('without --apply records what the rules decide and writes nothing to Genesys', async () => {
    const place = await open(rulesText(queueAndCodes()));
    const { status, output } = await place.run(['apply', '--from', from, '--format', 'json']);
    expect(status).toBe(0);
    const rows = await rowsOf(place.pool);
    expect(rows.length).toBeGreaterThan(5);
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['proposed']));
    expect(output).toContain(`"to_write_count": ${rows.length}`);
    expect(sandbox.requests()).toEqual([]);
  });

  test('with --apply writes as many as the rules file allows, and reports the outcomes', async () => {
    const place = await open(rulesText(queueAndCodes()));
    const first = await place.run(['apply', '--apply', '--from', from, '--format', 'csv']);
    expect(first).toMatchObject({ status: 0 });
    expect(first.output).toContain('verified,,5,');
    expect(writesSeen(sandbox).size).toBe(5);
    const second = await place.run(['apply', '--apply', '--from', from, '--writes-max', '2']);
    expect(second.status).toBe(0);
    expect(writesSeen(sandbox).size).toBe(7);
    const { rows } = await place.pool.query(`select distinct actor from wrapup.assignments where state = 'verified'`);
    expect(rows).toEqual([{ actor: 'wrapup apply as client sandbox-writer' }]);
  });

  test('with credentials of another organisation, for reading or for writing, is refused before anything is recorded', async () => {
    const place = await open(rulesText(queueAndCodes()));
    const otherId = '11111111-1111-4111-8111-111111111111';
    const kept = sandbox.world.directory.organization;
    await place.pool.query(`update extract.settings set value = $1 where name = 'organization_id'`, [otherId]);
    const refused = async (command: readonly string[]) => {
      const run = await place.run(command);
      expect(run.status, run.output).toBe(2);
      expect(run.output).toContain(`The database holds the organisation ${kept.name} (${otherId})`);
    };
    // The client for reading is known to the database, the one for writing is not.
    await refused(['apply', '--apply', '--from', from]);
    await refused(['ensure-codes', '--apply']);
    await place.pool.query(`update extract.settings set value = '' where name = 'organization_clients'`);
    await refused(['ensure-codes']);
    await refused(['apply', '--apply', '--from', from]);
    expect(await rowsOf(place.pool)).toEqual([]);
    expect(writesSeen(sandbox).size).toBe(0);
  });

  test('checks the client for writing, which may be another organisation’s, and remembers that it is not', async () => {
    const place = await open(rulesText(queueAndCodes()));
    expect((await place.run(['apply', '--apply', '--from', from])).status).toBe(0);
    const asked = () => sandbox.requests().filter(({ path }) => path === '/api/v2/organizations/me').length;
    expect(asked()).toBe(1);
    expect((await place.run(['apply', '--apply', '--from', from])).status).toBe(0);
    expect(asked()).toBe(1);
  });

  test('without a writeback list or without credentials refuses --apply with the remedy, before anything is recorded', async () => {
    const text = rulesText(queueAndCodes());
    const bare = await open(withoutWriteback(text));
    const refused = await bare.run(['apply', '--apply', '--from', from]);
    expect(refused).toMatchObject({
      status: 2,
      output: expect.stringContaining('add writeback with queues, codes and'),
    });
    const place = await open(text);
    const poor = await place.run(['apply', '--apply', '--from', from], {
      GENESYS_WAREHOUSE_WRITE_CLIENT_ID: '',
      GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET: '',
    });
    expect(poor).toMatchObject({ status: 2, output: expect.stringContaining('wrapup login') });
    for (const { pool } of [bare, place]) expect(await rowsOf(pool)).toEqual([]);
  });

  test('ends with 1 where the credentials are refused, and --retry-rejected takes the rows up again', async () => {
    const place = await open(rulesText({ ...queueAndCodes(), writesMax: 100 }));
    sandbox.setFaults({ missingPermissions: ['conversation:participant:wrapup'] });
    const refused = await place.run(['apply', '--apply', '--from', from]);
    expect(refused.status).toBe(1);
    expect(refused.output).toContain('lack the permission conversation:participant:wrapup');
    sandbox.setFaults({});
    expect((await place.run(['apply', '--apply', '--from', from])).status).toBe(0);
    const rejected = (await rowsOf(place.pool)).filter(({ state }) => state === 'rejected');
    expect(rejected.length).toBeGreaterThan(0);
    expect((await place.run(['apply', '--apply', '--retry-rejected', '--from', from])).status).toBe(0);
    expect(new Set((await rowsOf(place.pool)).map(({ state }) => state))).toEqual(new Set(['verified']));
  });
});

describe('the next extraction', () => {
  test('verifies a code that read back too early, and finds a code that an agent set', async () => {
    const place = await open(rulesText(queueAndCodes()));
    sandbox.setFaults({ slowWrapups: { rate: 1, lagSeconds: 1 } });
    await place.run(['apply', '--apply', '--from', from]);
    const sent = (await rowsOf(place.pool)).filter(({ state }) => state === 'sent');
    expect(sent.length).toBe(5);
    const raced = (await rowsOf(place.pool)).find(({ state }) => state === 'proposed');
    const other = sandbox.world.directory.wrapupCodes.find(
      ({ id, state }) => id !== raced?.wrapup_code && state !== 'deleted',
    );
    sandbox.enterWrapup({
      conversationId: String(raced?.conversation_id),
      communicationId: String(raced?.session_id),
      code: String(other?.id),
    });
    sandbox.advance(3_600_000);
    sandbox.resetRequests();
    const pulled = await runCommand(
      ['backfill', '--from', '2026-01-20', '--to', '2026-01-21', '--stream', 'conversations', '--force'],
      sandbox,
      place.environment,
    );
    expect(pulled.status, pulled.output).toBe(0);
    expect((await rowsOf(place.pool)).filter(({ state }) => state === 'verified').length).toBe(5);
    expect((await place.run(['apply', '--from', from])).status).toBe(0);
    const after = await rowsOf(place.pool);
    expect(after.filter(({ state }) => state === 'verified').length).toBe(5);
    expect(after.find(({ assignment_id }) => assignment_id === raced?.assignment_id)?.state).toMatch(
      /conflicted|superseded/,
    );
    expect(sandbox.requests().filter(({ operation }) => operation?.startsWith('wrapup'))).toEqual([]);
  });
});

describe('wrapup ensure-codes', () => {
  const newCode = 'No answer needed';

  test('shows what is missing, then makes it and gives it to the queues, then finds nothing to do', async () => {
    const { queue, code } = queueAndCodes();
    const more = `  - name: a new code
    when:
      queue: "${queue}"
    set:
      code: "${newCode}"
`;
    const place = await open(rulesText({ queue, code, more }));
    const planned = await place.run(['ensure-codes', '--format', 'csv']);
    expect(planned.status).toBe(0);
    expect(planned.output).toContain(`create,${newCode},,a new code`);
    expect(planned.output).toContain(`attach,${newCode},${queue},`);
    expect(sandbox.requests().filter(({ method, operation }) => method === 'POST' && operation !== 'login')).toEqual(
      [],
    );
    // Both answers are lost: the directory shows that it was done.
    sandbox.setFaults({ lostAnswers: { rate: 1, times: 2, path: '/routing/' } });
    expect((await place.run(['ensure-codes', '--apply'])).status).toBe(0);
    const { wrapupCodes, queueWrapupCodes, queues } = sandbox.world.directory;
    const made = wrapupCodes.filter(({ name }) => name === newCode);
    expect(made).toHaveLength(1);
    const queueId = String(queues.find(({ name }) => name === queue)?.id);
    expect(queueWrapupCodes.get(queueId)).toContain(made[0]?.id);
    const again = await place.run(['ensure-codes', '--apply', '--format', 'json']);
    expect(again.status).toBe(0);
    expect(again.output).toContain('[]');
    expect(wrapupCodes.filter(({ name }) => name === newCode)).toHaveLength(1);
  });

  test('names the permission that is missing', async () => {
    const { queue } = queueAndCodes();
    const place = await open(rulesText({ queue, code: 'Another new code' }));
    sandbox.setFaults({ missingPermissions: ['routing:wrapupCode:add'] });
    const refused = await place.run(['ensure-codes', '--apply']);
    expect(refused).toMatchObject({ status: 1, output: expect.stringContaining('routing:wrapupCode:add') });
  });

  test('refuses an id that nobody can make', async () => {
    const { queue } = queueAndCodes();
    const place = await open(rulesText({ queue, code: '00000000-0000-4000-8000-000000000000' }));
    expect(await place.run(['ensure-codes'])).toMatchObject({
      status: 2,
      output: expect.stringContaining("use the code's name"),
    });
  });
});
