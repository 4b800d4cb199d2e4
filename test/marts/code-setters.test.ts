import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  agent,
  conversation,
  customer,
  id,
  type JsonObject,
  type Marts,
  metric,
  openMarts,
  participant,
  segment,
  session,
} from './support.js';

const [resolved, campaign, queueId] = [id(61), id(62), id(63)];
const wrapup = (wrapUpCode: string) => segment('wrapup', '10:02:00', '10:02:00', { wrapUpCode });
const dialing = segment('dialing', '10:00:00', '10:00:10');
const talk = segment('interact', '10:00:10', '10:02:00');
const menu = (...more: JsonObject[]) => session([segment('ivr', '10:00:00', '10:02:00'), ...more]);
const ofCampaign = { direction: 'outbound', outboundCampaignId: campaign };
const outbound = { originatingDirection: 'outbound' };

interface Case {
  readonly rule: string;
  readonly source: string | null;
  readonly cause: string | null;
  readonly participants: readonly JsonObject[];
  readonly more?: JsonObject;
}

const cases: readonly Case[] = [
  {
    rule: 'a menu that sets a code and hangs up',
    source: 'flow',
    cause: null,
    participants: [customer, participant('ivr', [menu(wrapup(resolved))])],
  },
  {
    rule: 'a flow of messages that sets a code on the customer',
    source: 'flow',
    cause: null,
    participants: [participant('customer', [session([talk, wrapup(resolved)], { mediaType: 'message' })])],
  },
  {
    rule: 'a code that a flow sets in the queue of a caller who gave up',
    source: 'flow',
    cause: null,
    participants: [
      customer,
      participant('acd', [
        session([segment('interact', '10:01', '10:02', { queueId }), wrapup(resolved)], {
          metrics: [metric('tAcd', 60), metric('tAbandon', 60)],
        }),
      ]),
    ],
  },
  {
    rule: 'a dialer that reached somebody without an agent and sets a code',
    source: 'dialer',
    cause: null,
    participants: [participant('outbound', [session([dialing, talk, wrapup(resolved)], ofCampaign)])],
    more: outbound,
  },
  {
    rule: 'the customer of a campaign who bears the code',
    source: 'dialer',
    cause: null,
    participants: [participant('customer', [session([dialing, talk, wrapup(resolved)], ofCampaign)])],
    more: outbound,
  },
  {
    rule: 'a flow of a campaign that sets a code',
    source: 'flow',
    cause: null,
    participants: [
      participant('customer', [session([dialing, talk], ofCampaign)]),
      participant('ivr', [session([segment('ivr', '10:00', '10:02'), wrapup(resolved)], ofCampaign)]),
    ],
    more: outbound,
  },
  {
    rule: 'a code of an agent',
    source: 'agent',
    cause: null,
    participants: [
      customer,
      agent(id(1), session([segment('interact', '10:00', '10:02', { queueId }), wrapup(resolved)])),
    ],
  },
  {
    rule: 'a code of an agent whose user the record does not name',
    source: 'agent',
    cause: null,
    participants: [customer, participant('agent', [session([talk, wrapup(resolved)])])],
  },
  {
    rule: 'an attempt that heard nobody, with a mark of the platform',
    source: 'system',
    cause: 'outbound_no_contact',
    participants: [
      participant('dialer', [session([dialing], { ...ofCampaign, metrics: [metric('nOutboundAttempted', 1)] })]),
      participant('customer', [session([dialing, wrapup('ININ-OUTBOUND-NO-ANSWER')], ofCampaign)]),
    ],
    more: outbound,
  },
  {
    rule: 'a dialer that reached somebody and found no agent, with a mark of the platform',
    source: 'system',
    cause: 'system_code',
    participants: [
      participant('dialer', [session([dialing], { ...ofCampaign, metrics: [metric('nOutboundConnected', 1)] })]),
      participant('customer', [session([dialing, talk, wrapup('ININ-OUTBOUND-FAILED-TO-REACH-AGENT')], ofCampaign)]),
    ],
    more: outbound,
  },
  {
    rule: 'a dialer that reached somebody whom a flow spoke to, without any code',
    source: null,
    cause: 'ivr_only',
    participants: [
      participant('outbound', [session([dialing, talk], ofCampaign)]),
      participant('ivr', [session([segment('ivr', '10:00:10', '10:02')], ofCampaign)]),
    ],
    more: outbound,
  },
  {
    rule: 'a dialer that reached somebody, and nothing says more',
    source: null,
    cause: 'unexplained',
    participants: [participant('outbound', [session([dialing, talk], ofCampaign)])],
    more: outbound,
  },
  {
    rule: 'a call out that nobody took',
    source: null,
    cause: 'outbound_no_contact',
    participants: [participant('customer', [session([dialing])])],
    more: outbound,
  },
  {
    rule: 'a call out that was taken',
    source: null,
    cause: 'unexplained',
    participants: [participant('customer', [session([dialing, talk])])],
    more: outbound,
  },
];

describe('who set a wrap-up code', () => {
  let marts: Marts;
  beforeAll(async () => {
    marts = await openMarts();
    await marts.load(cases.map((each, index) => conversation(index + 1, each.participants, each.more)));
  });
  afterAll(() => marts?.close());

  test.each(cases.map((each, index) => ({ ...each, number: index + 1 })))(
    '$rule: source $source, cause $cause',
    async ({ number, source, cause }) => {
      const [facts] = await marts.rows(
        `select (select max(wrapup_source) from mart.fct_wrapups as wrapups
                 where wrapups.conversation_id = facts.conversation_id) as source, wrapup_cause as cause
         from mart.fct_conversations as facts where conversation_id = $1`,
        [id(number)],
      );
      expect(facts).toEqual({ source, cause });
    },
  );

  test('the report of causes lists what lacks a code, and not what a flow or a dialer coded', async () => {
    const rows = await marts.rows(
      `select wrapup_cause, sum(agentless_conversation_count)::int as count
       from mart.rpt_wrapup_causes where agentless_conversation_count > 0 group by 1 order by 1`,
    );
    expect(rows.map(({ wrapup_cause, count }) => [wrapup_cause, count])).toEqual([
      ['ivr_only', 1],
      ['outbound_no_contact', 2],
      ['system_code', 1],
      ['unexplained', 2],
    ]);
  });

  test('the plain definition in SQL gives the same verdicts as the loader', async () => {
    const [row] = await marts.rows(
      `select count(*)::int as count from (
           (table genesys.conversation_facts except all table genesys.int_conversation_facts)
           union all (table genesys.int_conversation_facts except all table genesys.conversation_facts)
       ) as rows`,
    );
    expect(row).toEqual({ count: 0 });
  });
});
