import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPlanner } from '../../src/cli/wrapup/planner.js';
import { listAssignments, transition } from '../../src/postgres/wrapup/assignments.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';

const at = new Date('2026-03-12T15:07:00Z');
const dayMs = 86_400_000;
const example = join(import.meta.dirname, '../../docs/wrapup-rules.example.yaml');
/** The first pull reaches ten days back, and a survey or an evaluation brings a conversation of up to 31 days before. */
const interval = { from: new Date(at.getTime() - 45 * dayMs), to: at };
const options = { now: at, actor: 'test' };

let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;
let environment: Record<string, string>;
let folder: string;
let rulesPath: string;

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 7,
    conversationsPerDay: 150,
    agents: 12,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  database = await migratedDatabase();
  pool = testPool(database.url);
  folder = await mkdtemp(join(tmpdir(), 'wrapup-'));
  rulesPath = join(folder, 'rules.yaml');
  await copyFile(example, rulesPath);
  environment = {
    ...environmentFor(sandbox, database.url),
    GENESYS_WAREHOUSE_START: '10d',
    GENESYS_WAREHOUSE_WRAPUP_RULES: rulesPath,
  };
  expect(await runCommand(['sync'], sandbox, environment)).toMatchObject({ status: 0 });
}, 240_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
  await sandbox.close();
  await rm(folder, { recursive: true });
});

const wrapup = (...args: string[]) => runCommand(['wrapup', ...args], sandbox, environment);
const rows = async (text: string, values: unknown[] = []) => (await pool.query(text, values)).rows;
const sources = async () => {
  const found = await rows(
    "select coalesce(wrapup_source, 'none') as source, count(*)::int as count from mart.fct_agent_sessions group by 1",
  );
  return Object.fromEntries(found.map(({ source, count }) => [source, count])) as Record<string, number>;
};

describe('the example on the directory of the sandbox', () => {
  test('passes the check', async () => {
    const run = await wrapup('check');
    expect(run).toMatchObject({ status: 0 });
    expect(run.output).not.toMatch(/"level":"(warn|error)"/);
  });

  test('is planned rule by rule, and nothing is written', async () => {
    const run = await wrapup('plan', '--format', 'json');
    expect(run.status).toBe(0);
    const plan = JSON.parse(run.output.slice(run.output.indexOf('[\n'), run.output.lastIndexOf(']') + 1));
    expect(plan.map((each: { rule: string }) => each.rule)).toContain('unhappy customers');
    const byRule = Object.fromEntries(plan.map((each: { rule: string }) => [each.rule, each]));
    for (const rule of [
      'unhappy customers',
      'messages without an answer',
      'e-mails',
      'passed on',
      'invoices',
      'time ran out',
    ])
      expect(byRule[rule], rule).toMatchObject({
        new_count: expect.any(Number),
        examples: [expect.any(String), ...byRule[rule].examples.slice(1)],
      });
    expect(await rows('select * from wrapup.assignments')).toEqual([]);
  });

  test('prints a table and CSV as well', async () => {
    expect((await wrapup('plan')).output).toMatch(/^rule +wrapup name +matched +new/);
    const csv = (await wrapup('plan', '--format', 'csv', '--rule', 'e-mails')).output;
    expect(csv).toMatch(/^rule,wrapup_name,matched_count,new_count/);
    expect(csv).toMatch(/\ne-mails,Information given,\d+,\d+,0,0,0,0,/);
  });
});

describe('stored proposals', () => {
  test('count in reports at once, and each agent session has one', async () => {
    const before = await sources();
    const planner = await openPlanner(pool, rulesPath);
    const planned = await planner.plan({ interval }, options);
    const { proposed } = await planner.propose({ interval }, options);
    expect(proposed).toBe(planned.rules.reduce((sum, rule) => sum + rule.newCount, 0));
    expect(proposed).toBeGreaterThan(50);
    const after = await sources();
    expect((after.rule ?? 0) + (after.survey ?? 0)).toBe(proposed);
    expect(after.none).toBeLessThan(before.none ?? 0);
    const [covered] = await rows(
      `select sum(rule_session_count)::int as count, min(effective_coverage_rate - coverage_rate)::float8 as gain
       from mart.rpt_wrapup_causes`,
    );
    // A survey also takes precedence over agents' codes, which are not a gap of the coverage.
    expect(covered.count).toBeGreaterThan(proposed / 2);
    expect(covered.gain).toBeGreaterThanOrEqual(0);
    for (const check of [
      'rpt_wrapup_causes_coverage',
      'rpt_wrapup_causes_conserved',
      'wrapup_assignments_conserved',
      'wrapups_conserved',
      'agent_sessions_conserved',
    ])
      expect(await rows(await readFile(join(import.meta.dirname, `../sql/${check}.sql`), 'utf8')), check).toEqual([]);
    const [ledger] = await rows(
      'select sum(assignment_count)::int as count, min(state) as state, bool_and(is_in_force) as is_in_force from mart.rpt_wrapup_assignments',
    );
    expect(ledger).toEqual({ count: proposed, state: 'proposed', is_in_force: true });
    // Again: nothing is new.
    expect(await planner.propose({ interval }, options)).toMatchObject({ proposed: 0, superseded: 0 });
  });

  test('are the same whether planned over a range or conversation by conversation', async () => {
    const ids = (await rows('select distinct conversation_id::text as id from wrapup.assignments')).map(({ id }) => id);
    const planner = await openPlanner(pool, rulesPath);
    const plan = await planner.plan({ conversationIds: ids.slice(0, 200) }, options);
    expect(plan.rules.reduce((sum, rule) => sum + rule.newCount, 0)).toBe(0);
    expect(plan.rules.reduce((sum, rule) => sum + rule.decidedCount, 0)).toBeGreaterThan(0);
  });

  test('of a rule that was changed give way to those of its new version', async () => {
    const text = await readFile(example, 'utf8');
    await writeFile(rulesPath, text.replace('note: "Set by rule {rule}: {cause}"', 'note: "Nobody answered"'));
    const planner = await openPlanner(pool, rulesPath);
    const { proposed, superseded } = await planner.propose({ interval }, options);
    expect(proposed).toBeGreaterThan(0);
    expect(superseded).toBe(proposed);
    const notes = await rows(
      "select distinct note from wrapup.assignments where rule = 'messages without an answer' and is_in_force",
    );
    expect(notes).toEqual([{ note: 'Nobody answered' }]);
    // What the changed rule no longer matches is withdrawn.
    await writeFile(rulesPath, text.replace('age: { atLeast: 1h }', 'age: { atLeast: 9d }'));
    const changed = await (await openPlanner(pool, rulesPath)).propose({ interval }, options);
    expect(changed.superseded).toBeGreaterThan(changed.proposed);
  });

  test('give way to an earlier rule when an answer of a survey comes', async () => {
    const planner = await openPlanner(pool, rulesPath);
    const [first] = await listAssignments(pool, { rule: 'e-mails', states: ['proposed'], limit: 1 });
    const conversationId = first?.conversationId ?? '';
    const file = join(folder, 'answers.ndjson');
    await writeFile(file, JSON.stringify({ conversationId, answeredAt: '2026-03-12T10:00:00Z', nps: 2 }));
    expect(await wrapup('import-surveys', file)).toEqual({ status: 0, output: expect.stringMatching(/"stored":1/) });
    const { proposed, superseded } = await planner.propose({ conversationIds: [conversationId] }, options);
    expect(proposed).toBeGreaterThan(0);
    expect(superseded).toBeGreaterThan(0);
    const found = await rows(
      `select effective_wrapup_name as name, wrapup_source as source from mart.fct_agent_sessions
       where conversation_id = $1 and participant_no = $2 and session_no = $3`,
      [conversationId, first?.participantNo, first?.sessionNo],
    );
    expect(found).toEqual([{ name: 'Complaint', source: 'survey' }]);
  });

  test('are what the statements of the chapter ask about', async () => {
    const chapter = await readFile(join(import.meta.dirname, '../../docs/wrapup.md'), 'utf8');
    const statements = [...chapter.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, text = '']) => text);
    expect(statements.length).toBeGreaterThan(1);
    for (const statement of statements)
      expect(await rows(statement.replace('2026-11-01', '2026-03-01')), statement).not.toEqual([]);
  });

  test('are superseded by a code that an agent set later', async () => {
    const [first] = await listAssignments(pool, { rule: 'e-mails', states: ['proposed'], limit: 1 });
    const { conversationId, conversationStart, participantNo, sessionNo, assignmentId } = first as NonNullable<
      typeof first
    >;
    const [other] = await rows("select wrapup_code as code from genesys.wrapup_codes where name = 'Resolved'");
    const key = [conversationStart, conversationId, participantNo, sessionNo];
    await transition(pool, assignmentId, 'rejected', options);
    await rows(
      `update genesys.session_facts set last_wrapup_code = $5, last_real_wrapup_code = $5
       where conversation_start = $1 and conversation_id = $2 and participant_no = $3 and session_no = $4`,
      [...key, other.code],
    );
    const effective = `select effective_wrapup_name as name, wrapup_source as source from mart.fct_agent_sessions
       where conversation_started_at = $1 and conversation_id = $2 and participant_no = $3 and session_no = $4`;
    // Reports at once; the ledger when it is next looked at.
    expect(await rows(effective, key)).toEqual([{ name: 'Resolved', source: 'agent' }]);
    const planner = await openPlanner(pool, rulesPath);
    await planner.propose({ conversationIds: [conversationId] }, options);
    expect(await listAssignments(pool, { ids: [assignmentId] })).toMatchObject([
      { state: 'superseded', reason: expect.stringMatching(/has got the code/) },
    ]);
  });

  test('of one rule are undone by revoke, in a part of the time or all, and do not come back', async () => {
    const before = await sources();
    const part = await wrapup('revoke', '--rule', 'e-mails', '--from', '2026-03-10');
    expect(part).toMatchObject({ status: 0 });
    const left = await listAssignments(pool, { rule: 'e-mails', states: ['proposed'] });
    expect(left.length).toBeGreaterThan(0);
    expect(left.every((each) => each.startedAt < new Date('2026-03-10T00:00:00Z'))).toBe(true);
    expect(await wrapup('revoke', '--rule', 'e-mails')).toMatchObject({ status: 0 });
    expect(
      await listAssignments(pool, { rule: 'e-mails', states: ['proposed', 'sent', 'verified', 'rejected'] }),
    ).toEqual([]);
    const after = await sources();
    expect(after.rule).toBeLessThan(before.rule ?? 0);
    expect(await (await openPlanner(pool, rulesPath)).propose({ interval }, options)).toMatchObject({ proposed: 0 });
    expect(await wrapup('revoke', '--rule', 'nobody')).toMatchObject({
      status: 2,
      output: expect.stringMatching(/has assigned nothing/),
    });
  });
});

test('faults of the file end check and plan with status 2 and every fault', async () => {
  await writeFile(rulesPath, 'version: 1\nrules:\n  - { name: a, when: { queue: Nowhere }, set: { code: Nothing } }\n');
  for (const command of ['check', 'plan']) {
    const run = await wrapup(command);
    expect(run.status).toBe(2);
    expect(run.output).toMatch(/rules\.yaml:3:31 there is no queue/);
    expect(run.output).toMatch(/rules\.yaml:3:55 there is no wrap-up code/);
  }
  await rm(rulesPath);
  expect(await wrapup('check')).toMatchObject({ status: 2, output: expect.stringMatching(/cannot be read/) });
});
