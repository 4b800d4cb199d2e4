import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { aggregates, queueObservations, userDetails } from '../../src/sandbox/aggregates/index.js';
import type { Sandbox } from '../../src/sandbox/index.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { apiRoutes } from '../../src/sandbox/server/api.js';
import { createMatcher } from '../../src/sandbox/server/http/router.js';
import { resolveOptions } from '../../src/sandbox/server/options.js';
import { createParts } from '../../src/sandbox/server/parts.js';
import { conformityTo } from './conformity.js';
import { rows } from './endpoint-rows.js';
import { dataFrom, type Known, knownOf, now, organization, type Row } from './endpoints.js';
import { call, loggedIn } from './sdk-driver.js';
import { readSdkModels, shapeOf } from './sdk-models.js';

const models = readSdkModels();
const conformity = conformityTo(models);
const refusal = shapeOf('Models.ErrorBody');

let sandbox: Sandbox;
let known: Known;
beforeAll(async () => {
  sandbox = await startSandbox({
    ...organization,
    dataFrom,
    clock: { kind: 'fixed', at: now },
    availabilityLagMs: 0,
    requestsPerMinute: 'unlimited',
  });
  known = knownOf(sandbox.world);
});
afterEach(() => sandbox.setFaults({}));
afterAll(() => sandbox.close());

/** Finds violations in the answers to these rows, each once. */
async function violations(chosen: readonly Row[]): Promise<string[]> {
  const api = await loggedIn(sandbox);
  const found: string[] = [];
  for (const row of chosen) {
    const { status, body } = await call(api, row, known);
    const name = row.method.split('.')[1] as string;
    if (row.status !== undefined && status !== row.status) found.push(`${name}: answered with ${status}`);
    found.push(...conformity.violations(body, status < 300 ? models.answerOf(row.method) : refusal, name));
  }
  return [...new Set(found)];
}

const recordRows = rows.filter((row) => row.method.includes('ConversationsDetails') && row.status === undefined);

describe('every endpoint', () => {
  test('answers the SDK with what its models declare and the documents list', async () => {
    expect(await violations(rows)).toEqual([]);
  });

  test('is in the table, so that none is left unlooked at', () => {
    const { core, notifications } = createParts(resolveOptions(organization), sandbox.world, undefined, () =>
      Date.UTC(2026, 0, 5),
    );
    const routes = apiRoutes(core, { aggregates, userDetails, queueObservations }, notifications.routes());
    const match = createMatcher(routes);
    const asked = new Set(
      sandbox.requests().map(({ method, path }) => {
        const found = match(method, path);
        return typeof found === 'object' ? found.route : undefined;
      }),
    );
    expect(routes.filter((route) => !asked.has(route)).map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  test('is one that the SDK knows: nothing was asked that the sandbox calls unknown', () => {
    expect(sandbox.requests().filter((request) => request.unknown === true)).toEqual([]);
  });
});

describe('the check can fail', () => {
  test('on fields that the model lacks', async () => {
    sandbox.setFaults({ unknownFields: 1 });
    const found = await violations(recordRows);
    expect(found.some((line) => /\.conversations\[\].*has no such field$/.test(line))).toBe(true);
  });

  test('on values that the documents do not list', async () => {
    sandbox.setFaults({ unknownEnums: 1 });
    expect((await violations(recordRows)).some((line) => line.endsWith('is not documented'))).toBe(true);
  });

  test('on values of another type and on instants that are none', async () => {
    sandbox.setFaults({ malformedRecords: 1 });
    const found = await violations(recordRows);
    expect(found.some((line) => line.includes('should be of type'))).toBe(true);
    expect(found.some((line) => line.endsWith('is not an instant'))).toBe(true);
  });

  test('on nulls, on lists that are none and on what a model requires', () => {
    const page = { conversations: { participants: null } };
    const wrong = conformity.violations(
      page,
      models.answerOf('AnalyticsApi.postAnalyticsConversationsDetailsQuery'),
      'page',
    );
    expect(wrong).toEqual(['page.conversations: should be of type array']);
    const user = conformity.violations({ name: null }, shapeOf('Models.User'), 'user');
    expect(user).toEqual(['user.version: User requires it', 'user.name: should be of type string']);
  });
});

describe('what is said over a web socket', () => {
  test('has the shape of the SDK’s topics, in their own dialect', async () => {
    const api = await loggedIn(sandbox);
    const { participantId, conversationId, communicationId } = known.places.email as Known['places'][string];
    const create = rows.find((row) => row.method.endsWith('postNotificationsChannels')) as Row;
    const { connectUri } = (await call(api, create, known)).body;
    const topics = [
      'v2.analytics.conversations.details.jobs.availability',
      `v2.detail.events.conversation.${conversationId}.wrapup`,
    ];
    const subscribe = rows.find((row) => row.method.endsWith('postNotificationsChannelSubscriptions')) as Row;
    await call(api, { ...subscribe, args: () => [known.channelId, topics.map((id) => ({ id }))] }, known);
    const heard: { topicName: string; eventBody: unknown }[] = [];
    const socket = new WebSocket(connectUri);
    socket.on('message', (data) => heard.push(JSON.parse(String(data))));
    await new Promise((resolve) => socket.once('open', resolve));
    await call(
      api,
      {
        method: 'ConversationsApi.postConversationsEmailParticipantCommunicationWrapup',
        args: () => [
          conversationId,
          participantId,
          communicationId,
          { body: { code: known.code, durationSeconds: 12 } },
        ],
      },
      known,
    );
    sandbox.advance(0);
    await expect.poll(() => heard.length).toBe(2);
    socket.close();
    const shapes = {
      [topics[0] as string]: 'ConversationDetailsDatalakeAvailabilityTopicDataAvailabilityChangeNotification',
      [topics[1] as string]: 'WrapupDetailEventTopicWrapupEvent',
    };
    for (const { topicName, eventBody } of heard)
      expect(conformity.violations(eventBody, shapeOf(`Models.${shapes[topicName]}`), topicName)).toEqual([]);
    expect(new Set(heard.map(({ topicName }) => topicName))).toEqual(new Set(topics));
  });
});
