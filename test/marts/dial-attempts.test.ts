/** Checks attempts of campaigns that share a conversation, worked out by hand. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agent, conversation, id, type Marts, metric, openMarts, participant, segment, session } from './support.js';

const [ann, campaign, list] = [11, 61, 62].map(id) as [string, string, string];
let marts: Marts;

const dialing = (start: string, end: string, contact: string, metrics: object[]) =>
  session([segment('dialing', start, end)], {
    direction: 'outbound',
    outboundCampaignId: campaign,
    outboundContactListId: list,
    outboundContactId: contact,
    metrics: [metric('nOutboundAttempted', 1, start), ...metrics],
  });
const called = (start: string, end: string, found: string) =>
  participant('outbound', [
    session([segment('interact', start, end)], {
      direction: 'outbound',
      dispositionName: `disposition.classification.callable.${found}`,
    }),
  ]);
const connected = metric('nOutboundConnected', 1);

beforeAll(async () => {
  marts = await openMarts();
  await marts.load([
    // The first number is busy, a person answers at the second and is left waiting, the third speaks with Ann.
    conversation(1, [
      participant('dialer', [dialing('10:00', '10:00:20', 'home', [])]),
      called('10:00:20', '10:00:20', 'busy'),
      participant('dialer', [dialing('10:01', '10:01:20', 'work', [connected, metric('nOutboundAbandoned', 1)])]),
      called('10:01:20', '10:01:25', 'person'),
      participant('dialer', [dialing('10:02', '10:02:20', 'mobile', [connected])]),
      called('10:02:20', '10:05', 'person'),
      agent(ann, session([segment('interact', '10:02:21', '10:05')], { direction: 'outbound' })),
    ]),
    // The same participant dials twice.
    conversation(2, [
      participant('dialer', [
        dialing('11:00', '11:00:20', 'home', []),
        dialing('11:01', '11:01:20', 'work', [connected, metric('nOutboundAbandoned', 1)]),
      ]),
    ]),
  ]);
});

afterAll(() => marts?.close());

test('each attempt of a conversation has its own outcome, connect, abandon and agent', async () => {
  const rows = await marts.rows(
    `select contact_id, split_part(disposition, '.', 4) as found, attempted_count::int as attempted, connected_count::int as connected,
            abandoned_count::int as abandoned, user_id
     from mart.fct_dial_attempts order by started_at`,
  );
  expect(rows).toEqual([
    { contact_id: 'home', found: 'busy', attempted: 1, connected: 0, abandoned: 0, user_id: null },
    { contact_id: 'work', found: 'person', attempted: 1, connected: 1, abandoned: 1, user_id: null },
    { contact_id: 'mobile', found: 'person', attempted: 1, connected: 1, abandoned: 0, user_id: ann },
    { contact_id: 'home', found: null, attempted: 1, connected: 0, abandoned: 0, user_id: null },
    { contact_id: 'work', found: null, attempted: 1, connected: 1, abandoned: 1, user_id: null },
  ]);
});

test('attempts, connects and abandons add up to the metrics of the records', async () => {
  const rows = await marts.rows(
    `select sum(attempted_count)::int as attempted, sum(connected_count)::int as connected, sum(abandoned_count)::int as abandoned
     from mart.fct_dial_attempts`,
  );
  expect(rows).toEqual([{ attempted: 5, connected: 3, abandoned: 2 }]);
});
