import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AssignmentState } from '../../src/model/assignment.js';
import { insertProposals } from '../../src/postgres/wrapup/assignments.js';
import {
  agent,
  at,
  conversation,
  customer,
  id,
  insertEntity,
  type Marts,
  openMarts,
  segment,
  session,
} from '../marts/support.js';

let marts: Marts;
const now = new Date(at('12:00:00'));
const [ann, queueId, own, given, other] = [id(50), id(1), id(31), id(32), id(33)];
const wrapup = (code: string | null, start = '10:10', end: string | null = '10:11') =>
  segment('wrapup', start, end, code === null ? { queueId } : { wrapUpCode: code, queueId });
const talk = segment('interact', '10:02', '10:10', { queueId });

/** One conversation for each name, with the wrap-up segments of its agent's session. */
const segments = {
  none: [],
  uncoded: [wrapup(null)],
  system: [wrapup('ININ-WRAP-UP-TIMEOUT')],
  coded: [wrapup(own)],
  twice: [wrapup(null), wrapup(null, '10:11', '10:12')],
};
type Name = keyof typeof segments;
const numberOf = (name: Name) => 100 + Object.keys(segments).indexOf(name);

beforeAll(async () => {
  marts = await openMarts();
  for (const [wrapup_code, name] of [
    [own, 'Own'],
    [given, 'Given'],
    [other, 'Other'],
  ])
    await insertEntity(marts, { relation: 'wrapup_codes', values: { wrapup_code, name } });
  await marts.load(
    Object.entries(segments).map(([name, wrapups]) =>
      conversation(numberOf(name as Name), [
        customer,
        agent(ann, session([talk, ...wrapups], { sessionId: id(700 + numberOf(name as Name)), mediaType: 'message' })),
      ]),
    ),
  );
});
beforeEach(() => marts.rows('truncate wrapup.assignments'));
afterAll(() => marts?.close());

async function assign(
  name: Name,
  more: { state?: AssignmentState; previousCode?: string; code?: string; sessionId?: string } = {},
) {
  await insertProposals(
    marts.pool,
    [
      {
        conversationStart: new Date(at('10:00:00')),
        conversationId: id(numberOf(name)),
        participantNo: 2,
        sessionNo: 1,
        startedAt: new Date(at('10:02:00')),
        participantId: id(900),
        sessionId: more.sessionId ?? id(700 + numberOf(name)),
        queueId,
        userId: ann,
        mediaType: 'message',
        rule: 'a rule',
        ruleVersion: 'v1',
        source: 'survey',
        wrapupCode: more.code ?? given,
        wrapupName: 'Given then',
        note: null,
        cause: 'digital_no_code',
        previousCode: more.previousCode ?? null,
      },
    ],
    { now, actor: 'test' },
  );
  await marts.rows('update wrapup.assignments set state = $1', [more.state ?? 'proposed']);
}

const effectiveOf = async (relation: string, name: Name, order = 'started_at') =>
  (
    await marts.rows<{ code: string; name: string; source: string }>(
      `select effective_wrapup_code as code, effective_wrapup_name as name, wrapup_source as source
       from mart.${relation} where conversation_id = $1 and user_id is not null order by ${order}`,
      [id(numberOf(name))],
    )
  ).map((row) => [row.code, row.name, row.source]);
const sessions = (name: Name) => effectiveOf('fct_agent_sessions', name);
const wrapups = (name: Name) => effectiveOf('fct_wrapups', name);

describe('without an assignment', () => {
  test.each([
    ['none', [null, null, null]],
    ['uncoded', [null, null, null]],
    ['system', ['ININ-WRAP-UP-TIMEOUT', 'Wrap Up Timeout', 'system']],
    ['coded', [own, 'Own', 'agent']],
  ] as const)('a session that is %s shows what Genesys says', async (name, expected) => {
    expect(await sessions(name)).toEqual([expected]);
    expect(await wrapups(name)).toEqual(name === 'none' ? [] : [expected]);
  });
});

describe('an assignment', () => {
  const assigned = [given, 'Given', 'survey'];

  test.each(['none', 'uncoded', 'system'] as const)('counts where the session is %s', async (name) => {
    await assign(name);
    expect(await sessions(name)).toEqual([assigned]);
    expect(await wrapups(name)).toEqual(name === 'none' ? [] : [assigned]);
  });

  test.each(['proposed', 'sent', 'verified', 'rejected'] as const)('counts while it is %s', async (state) => {
    await assign('uncoded', { state });
    expect(await sessions('uncoded')).toEqual([assigned]);
  });

  test.each(['conflicted', 'superseded', 'revoked'] as const)('does not count once it is %s', async (state) => {
    await assign('uncoded', { state });
    expect(await sessions('uncoded')).toEqual([[null, null, null]]);
    expect(await wrapups('uncoded')).toEqual([[null, null, null]]);
  });

  test.each(['proposed', 'rejected', 'verified'] as const)(
    'that is %s gives way to a real code that came later',
    async (state) => {
      await assign('coded', { state });
      expect(await sessions('coded')).toEqual([[own, 'Own', 'agent']]);
      expect(await wrapups('coded')).toEqual([[own, 'Own', 'agent']]);
    },
  );

  test('takes the place of the real code that its rule saw', async () => {
    await assign('coded', { previousCode: own });
    expect(await sessions('coded')).toEqual([assigned]);
    expect(await wrapups('coded')).toEqual([assigned]);
  });

  test('stays the source of a code that was written for it, but not of one that the agent chose by himself', async () => {
    await assign('coded', { code: own, state: 'verified' });
    expect(await sessions('coded')).toEqual([[own, 'Own', 'survey']]);
    expect(await wrapups('coded')).toEqual([[own, 'Own', 'survey']]);
    await marts.rows("update wrapup.assignments set state = 'proposed'");
    expect(await sessions('coded')).toEqual([[own, 'Own', 'agent']]);
    expect(await wrapups('coded')).toEqual([[own, 'Own', 'agent']]);
  });

  test('is on the last wrap-up segment of its session only', async () => {
    await assign('twice');
    expect(await wrapups('twice')).toEqual([[null, null, null], assigned]);
  });

  test('of another session that was at this position does not count', async () => {
    await assign('uncoded', { sessionId: id(1) });
    expect(await sessions('uncoded')).toEqual([[null, null, null]]);
  });
});

test('rpt_wrapup_coverage counts what rules gave beside real codes, not among them', async () => {
  const coverage = () =>
    marts.rows(
      `select sum(agent_session_count)::int as sessions, sum(coded_count)::int as coded, sum(rule_count)::int as ruled
       from mart.rpt_wrapup_coverage`,
    );
  expect(await coverage()).toEqual([{ sessions: 5, coded: 1, ruled: 0 }]);
  await assign('system');
  expect(await coverage()).toEqual([{ sessions: 5, coded: 1, ruled: 1 }]);
});

describe('fct_session_codes', () => {
  const agreement = readFileSync(new URL('../sql/session_codes_agree.sql', import.meta.url), 'utf8');
  const names = Object.keys(segments) as Name[];

  test.each<[string, Parameters<typeof assign>[1]]>([
    ['a proposal', {}],
    ['a code that was written back', { state: 'verified' }],
    ['a code of another session that was at this position', { sessionId: id(1) }],
    ['a code in place of an earlier one', { previousCode: own }],
    ['the code that an agent gave, sent for a rule', { state: 'sent', code: own }],
  ])('has the same effective code as fct_agent_sessions: %s', async (_, more) => {
    for (const name of names) await assign(name, more);
    expect(await marts.rows(agreement)).toEqual([]);
  });
});

test.each([
  'select queue_id, media_type, count(*), sum(handle_seconds) from mart.fct_agent_sessions group by queue_id, media_type',
  'select queue_id, wrapup_code, count(*) from mart.fct_wrapups group by queue_id, wrapup_code',
  'select user_id, wrapup_cause, count(*) from mart.fct_session_codes group by user_id, wrapup_cause',
])('a report that asks for no effective code does not read the ledger: %s', async (statement) => {
  const plan = await marts.rows<{ 'QUERY PLAN': string }>(`explain ${statement}`);
  expect(plan.map((row) => row['QUERY PLAN']).join('\n')).not.toMatch(/assignments/);
});
