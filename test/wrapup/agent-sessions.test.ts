import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentSession, AgentSessionFilter } from '../../src/model/agent-session.js';
import { type AgentSessionScope, readAgentSessions } from '../../src/postgres/wrapup/agent-sessions.js';
import { insertProposals } from '../../src/postgres/wrapup/assignments.js';
import { readDirectory } from '../../src/postgres/wrapup/directory.js';
import { storeSurveys } from '../../src/postgres/wrapup/surveys.js';
import {
  agent,
  at,
  conversation,
  customer,
  id,
  insertEntity,
  type Marts,
  openMarts,
  participant,
  segment,
  session,
} from '../marts/support.js';

const [ann, bob, queueId, code, team] = [id(50), id(51), id(1), id(31), id(60)];
const now = new Date('2026-03-05T00:00:00Z');
const all: AgentSessionFilter = {
  queueIds: null,
  mediaTypes: null,
  causes: null,
  phases: ['contact', 'afterCallWork', 'ended'],
  realCodes: null,
  onlySurveyed: false,
  needs: { attributes: true, surveys: true, skills: true, divisions: true },
};
const day = { interval: { from: new Date('2026-03-02T00:00:00Z'), to: new Date('2026-03-03T00:00:00Z') } };
const talk = (start = '10:02', end: string | null = '10:10') =>
  segment('interact', start, end, { queueId, disconnectType: 'peer', requestedRoutingSkillIds: [id(70)] });
const wrapup = (end: string | null, wrapUpCode?: string) =>
  segment('wrapup', '10:10', end, { queueId, ...(wrapUpCode && { wrapUpCode }) });
const spoken = (name: string, ...segments: ReturnType<typeof segment>[]) =>
  agent(name, session(segments, { sessionId: id(700), mediaType: 'message' }));

let marts: Marts;

beforeAll(async () => {
  marts = await openMarts();
  await insertEntity(marts, {
    relation: 'queues',
    values: { queue_id: queueId, name: 'Sales', acw_wrapup_prompt: 'MANDATORY' },
  });
  await insertEntity(marts, { relation: 'users', values: { user_id: ann, name: 'Ann' } });
  await insertEntity(marts, { relation: 'wrapup_codes', values: { wrapup_code: code, name: 'General' } });
  await insertEntity(marts, { relation: 'divisions', values: { division_id: id(80), name: 'Home' } });
  const withAttributes = { ...customer, attributes: { Tier: 'gold', 'Reason for call': 'invoice' } };
  await marts.load([
    conversation(
      1,
      [withAttributes, { ...spoken(ann, talk(), wrapup('10:11')), teamId: team, attributes: { Tier: 'silver' } }],
      {
        divisionIds: [id(80), id(81)],
        surveys: [
          {
            surveyId: id(90),
            surveyCompletedDate: at('11:00:00'),
            surveyPromoterScore: 3,
            oSurveyTotalScore: 42.5,
            surveyFormName: 'Short',
            queueId,
            userId: ann,
          },
          { surveyId: id(91), surveyStatus: 'Sent' },
        ],
      },
    ),
    conversation(2, [customer, spoken(bob, talk(), wrapup(null))], { conversationEnd: undefined }),
    conversation(3, [customer, spoken(bob, talk('10:03', null))], { conversationEnd: undefined }),
    conversation(4, [customer, spoken(ann, talk(), wrapup('10:12', code))]),
    conversation(5, [customer, participant('acd', [session([talk()])])]),
  ]);
  const answer = {
    source: 'web',
    surveyId: 'a',
    conversationId: id(1),
    queueId: null,
    userId: null,
    satisfaction: 2,
    category: 'x',
  };
  await storeSurveys(
    marts.pool,
    [{ ...answer, answeredAt: new Date(at('12:00:00')), promoterScore: null, comment: null, fields: { effort: 4 } }],
    { now },
  );
});
afterAll(() => marts?.close());

async function read(scope: AgentSessionScope, more: Partial<AgentSessionFilter> = {}): Promise<AgentSession[]> {
  const found: AgentSession[] = [];
  const directory = await readDirectory(marts.pool);
  for await (const batch of readAgentSessions(marts.pool, scope, { ...all, ...more }, directory)) found.push(...batch);
  return found;
}
const numbers = async (more: Partial<AgentSessionFilter>) =>
  (await read(day, more)).map((each) => Number(each.conversationId.slice(-12)));

test('an agent session comes with all that rules may ask', async () => {
  const [first] = await read({ conversationIds: [id(1)] });
  expect(first).toEqual({
    conversationId: id(1),
    conversationStart: new Date(at('10:00:00')),
    participantNo: 2,
    sessionNo: 1,
    participantId: id(900),
    sessionId: id(700),
    startedAt: new Date(at('10:02:00')),
    contactEndedAt: new Date(at('10:11:00')),
    phase: 'ended',
    queue: { id: queueId, name: 'Sales' },
    user: { id: ann, name: 'Ann' },
    team: { id: team, name: null },
    divisions: [
      { id: id(80), name: 'Home' },
      { id: id(81), name: null },
    ],
    skills: [{ id: id(70), name: null }],
    mediaType: 'message',
    direction: 'inbound',
    disconnectType: 'peer',
    cause: 'digital_no_code',
    currentCode: null,
    attributes: { Tier: 'silver', 'Reason for call': 'invoice' },
    surveys: [
      {
        source: 'web',
        surveyId: 'a',
        answeredAt: new Date(at('12:00:00')),
        queueId: null,
        userId: null,
        promoterScore: null,
        satisfaction: 2,
        totalScore: null,
        category: 'x',
        comment: null,
        form: null,
        fields: { effort: 4 },
      },
      {
        source: 'genesys',
        surveyId: id(90),
        answeredAt: new Date(at('11:00:00')),
        queueId,
        userId: ann,
        promoterScore: 3,
        satisfaction: null,
        totalScore: 42.5,
        category: null,
        comment: null,
        form: 'Short',
        fields: {},
      },
    ],
    active: null,
  });
});

test('after-call work that is open began where contact ended', async () => {
  const [open] = await read({ conversationIds: [id(2)] });
  expect(open).toMatchObject({ phase: 'afterCallWork', contactEndedAt: new Date(at('10:10:00')), cause: 'still_open' });
  expect(await read({ conversationIds: [id(3)] })).toMatchObject([{ phase: 'contact', contactEndedAt: null }]);
});

describe('the filter cuts in SQL', () => {
  test.each([
    [{}, [1, 2, 4, 3]],
    [{ phases: ['ended'] }, [1, 4]],
    [{ realCodes: [] }, [1, 2, 3]],
    [{ realCodes: [code] }, [1, 2, 4, 3]],
    [{ causes: ['still_open'] }, [2, 3]],
    [{ mediaTypes: ['voice'] }, []],
    [{ queueIds: [id(2)] }, []],
    [{ onlySurveyed: true }, [1]],
  ] as [Partial<AgentSessionFilter>, number[]][])('%j', async (more, expected) => {
    expect(await numbers(more)).toEqual(expected);
  });

  test('except agent sessions with an active assignment, which a rule may have to withdraw', async () => {
    const [fourth] = await read({ conversationIds: [id(4)] });
    const { conversationId, conversationStart, participantNo, sessionNo, startedAt, participantId, sessionId } =
      fourth as AgentSession;
    const key = { conversationId, conversationStart, participantNo, sessionNo, startedAt, participantId, sessionId };
    const decision = { rule: 'r', ruleVersion: 'v', source: 'rule', wrapupCode: code, wrapupName: 'General' } as const;
    const proposal = {
      ...key,
      ...decision,
      queueId,
      userId: ann,
      mediaType: 'message',
      note: null,
      cause: null,
      previousCode: null,
    };
    await insertProposals(marts.pool, [proposal], { now, actor: 'test' });
    expect(await numbers({ mediaTypes: ['voice'] })).toEqual([4]);
    expect(await read({ conversationIds: [id(4)] })).toMatchObject([
      { active: { rule: 'r', ruleVersion: 'v', state: 'proposed' } },
    ]);
  });
});

test('many agent sessions come in batches, each once, from one snapshot whatever is written meanwhile', async () => {
  const columns = await marts.rows<{ name: string }>(
    "select column_name as name from information_schema.columns where table_schema = 'genesys' and table_name = 'session_facts' order by ordinal_position",
  );
  const names = columns.map(({ name }) => name);
  const copies = names.map((name) => (name === 'conversation_id' ? 'md5(conversation_id::text || step)::uuid' : name));
  const copy = (from: number, to: number) =>
    marts.rows(
      `insert into genesys.session_facts (${names.join(', ')}) select ${copies.join(', ')}
       from genesys.session_facts cross join generate_series(${from}, ${to}) as step where conversation_id = $1`,
      [id(1)],
    );
  await copy(1, 5_000);
  const sizes: number[] = [];
  const seen = new Set<string>();
  const directory = await readDirectory(marts.pool);
  for await (const batch of readAgentSessions(marts.pool, day, all, directory)) {
    if (sizes.length === 0) await copy(5_001, 5_100);
    sizes.push(batch.length);
    for (const each of batch) seen.add(each.conversationId);
  }
  expect(sizes).toEqual([2_000, 2_000, 1_004]);
  expect(seen.size).toBe(5_004);
});
