import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { queueTopic } from '../../src/wrapup/realtime/events.js';
import { aliveNow, listen, noon, openCentre, queueIdsOf, until } from './support.js';

const hourMs = 3_600_000;
const id = (n: number) => `0b3d6a52-6f0e-4c64-9d1c-${String(n).padStart(12, '0')}`;

describe('a notification channel', () => {
  test('brings each event to be read at once, twice the same one only once, in whatever order', async () => {
    const { sandbox, api } = await openCentre();
    const queues = await queueIdsOf(api);
    const { live, read } = listen(api, { now: () => sandbox.now(), queueIds: async () => queues });
    await until(() => live.figures().isConnected);
    const topic = queueTopic(queues[0] ?? '');
    for (const n of [2, 1, 2, 2, 3, 1]) sandbox.notify(topic, { id: id(n), participants: [] });
    sandbox.notify('v2.routing.queues.of-somebody-else.conversations', { id: id(9), participants: [] });
    await until(() => read.length >= 3);
    for (const n of [1, 2, 3]) sandbox.notify(topic, { id: id(n), participants: [] });
    sandbox.notify(topic, { id: id(4), participants: [] });
    await until(() => read.includes(id(4)));
    expect(read).toEqual([id(2), id(1), id(3), id(4)]);
    expect(live.figures()).toMatchObject({ topics: queues.length, reconnects: 0, waiting: 0, overflows: 0 });
  });

  test('that is dropped is opened again, and polling finds what was missed meanwhile', async () => {
    const { sandbox, api } = await openCentre();
    const alive = aliveNow(sandbox);
    const queues = [...new Set(alive.map(({ queueId }) => queueId))];
    const { live, read, polled } = listen(api, { now: () => sandbox.now(), queueIds: async () => queues });
    await until(() => live.figures().isConnected && polled.length > 0);
    expect(polled).toEqual(expect.arrayContaining(alive.map((conversation) => conversation.id)));
    polled.length = 0;
    // With more than twenty channels the oldest, ours, is closed.
    for (let made = 0; made < 21; made += 1) await api.createNotificationChannel();
    const missed = alive[0];
    sandbox.notify(queueTopic(missed?.queueId ?? ''), { id: missed?.id ?? '', participants: [] });
    await until(() => live.figures().reconnects > 0 && polled.length > 0);
    expect(polled).toContain(missed?.id);
    await until(() => live.figures().isConnected);
    sandbox.notify(queueTopic(queues[0] ?? ''), { id: id(5), participants: [] });
    await until(() => read.includes(id(5)));
  });

  test('has a successor before its day is over, with the same topics, and no event falls between the two', async () => {
    const { sandbox, api } = await openCentre();
    const queues = await queueIdsOf(api);
    const topic = queueTopic(queues[0] ?? '');
    const timings = { renewalMs: hourMs };
    const { live, read } = listen(api, { now: () => sandbox.now(), queueIds: async () => queues }, timings);
    await until(() => live.figures().isConnected);
    const made = () => sandbox.requests().filter(({ method, path }) => method === 'POST' && path.endsWith('/channels'));
    const subscribed = () =>
      sandbox.requests().filter(({ method, path }) => method === 'PUT' && path.endsWith('/subscriptions'));
    sandbox.setNow(new Date(noon.getTime() + 22.5 * hourMs));
    sandbox.notify(topic, { id: id(1), participants: [] });
    await until(() => read.includes(id(1)));
    expect([made().length, subscribed().length]).toEqual([1, 1]);
    sandbox.setNow(new Date(noon.getTime() + 23.5 * hourMs));
    let sent = 1;
    await until(() => {
      sent += 1;
      sandbox.notify(topic, { id: id(sent), participants: [] });
      return made().length === 2 && subscribed().length === 2 && live.figures().reconnects === 1;
    });
    sandbox.notify(topic, { id: id(sent + 1), participants: [] });
    await until(() => read.includes(id(sent + 1)));
    expect(new Set(read)).toEqual(new Set(Array.from({ length: sent + 1 }, (_, n) => id(n + 1))));
    expect(subscribed()[1]?.body).toEqual(subscribed()[0]?.body);
  });

  test('follows the list of queues and keeps within a thousand topics each', async () => {
    const { sandbox, api } = await openCentre();
    let count = 1_500;
    const queueIds = async () => Array.from({ length: count }, (_, n) => id(n));
    const { live } = listen(api, { now: () => sandbox.now(), queueIds });
    await until(() => live.figures().isConnected && live.figures().topics === 1_500);
    count = 1_501;
    await until(() => live.figures().topics === 1_501);
    count = 3;
    await until(() => live.figures().topics === 3);
    const statuses = sandbox
      .requests()
      .filter(({ path }) => path.endsWith('/subscriptions'))
      .map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    const { read } = { read: sandbox.requests() };
    expect(read.filter(({ method, path }) => method === 'POST' && path.endsWith('/channels'))).toHaveLength(2);
  });

  test('that cannot be opened is retried with growing pauses, while polling continues', async () => {
    const { sandbox, api } = await openCentre();
    const queues = [...new Set(aliveNow(sandbox).map(({ queueId }) => queueId))];
    sandbox.setFaults({ htmlInsteadOfJson: { rate: 1, path: '/notifications/' } });
    const errors: Error[] = [];
    const parts = {
      now: () => sandbox.now(),
      queueIds: async () => queues,
      onError: (error: Error) => void errors.push(error),
    };
    const { live, polled } = listen(api, parts);
    await until(() => errors.length > 0 && polled.length > 0);
    expect(live.figures().isConnected).toBe(false);
    sandbox.setFaults({});
    await until(() => live.figures().isConnected);
  });
});

describe('the socket', () => {
  /** Starts a server that accepts sockets and, unlike Genesys and the sandbox, can be silent. */
  async function serverOf(answer: (text: string) => string | undefined) {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const heard: string[] = [];
    let connections = 0;
    server.on('connection', (socket) => {
      connections += 1;
      socket.on('message', (data) => {
        heard.push(String(data));
        const reply = answer(String(data));
        if (reply !== undefined) socket.send(reply);
      });
    });
    onTestFinished(() => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    });
    const uri = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { server, heard, connections: () => connections, port: portTo(uri) };
  }

  /** An API that hands out this address; what the address has to be is the point here. */
  function portTo(connectUri: string): Parameters<typeof listen>[0] {
    const answer = <T extends object>(body: T) => Promise.resolve({ body: body as never, requestedAt: noon });
    return {
      createNotificationChannel: () => answer({ id: 'channel', connectUri, expires: '2099-01-01T00:00:00Z' }),
      subscribeNotifications: () => answer({ entities: [] }),
      detailsQuery: () => answer({}),
    };
  }

  test('is asked whether it lives, and left when it does not answer', async () => {
    const { heard, connections, port } = await serverOf(() => undefined);
    const timings = { pingMs: 30, silenceMsMax: 120 };
    const { live } = listen(port, { now: () => noon, queueIds: async () => [id(1)] }, timings);
    await until(() => live.figures().reconnects > 0);
    expect(connections()).toBeGreaterThan(1);
    expect(heard).toContain('{"message":"ping"}');
  });

  test('that answers is kept', async () => {
    const pong = '{"topicName":"channel.metadata","eventBody":{"message":"pong"}}';
    const { heard, connections, port } = await serverOf(() => pong);
    const timings = { pingMs: 30, silenceMsMax: 2_000 };
    const { live } = listen(port, { now: () => noon, queueIds: async () => [id(1)] }, timings);
    await until(() => heard.length > 8);
    expect([live.figures().isConnected, connections()]).toEqual([true, 1]);
  });

  test('is left as soon as Genesys says that it closes it', async () => {
    const { server, connections, port } = await serverOf(() => undefined);
    const { live } = listen(port, { now: () => noon, queueIds: async () => [id(1)] });
    await until(() => live.figures().isConnected);
    for (const socket of server.clients) socket.send('{"topicName":"v2.system.socket_closing","eventBody":{}}');
    await until(() => connections() === 2 && live.figures().isConnected);
  });

  test('is not opened to another machine without TLS, and its address is in no error', async () => {
    const errors: Error[] = [];
    const parts = {
      now: () => noon,
      queueIds: async () => [id(1)],
      onError: (error: Error) => void errors.push(error),
    };
    listen(portTo('ws://streaming.example.com/secret-channel'), parts);
    await until(() => errors.length > 0);
    expect(errors[0]?.message).toContain('TLS');
    expect(errors[0]?.message).not.toContain('secret-channel');
  });
});

describe('what is offered', () => {
  test('is refused when too much waits, and taken again when there is room', async () => {
    const { sandbox, api } = await openCentre();
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const read: string[] = [];
    const { live } = listen(api, {
      now: () => sandbox.now(),
      waitingMax: 2,
      read: async (ids) => {
        await gate;
        read.push(...ids);
      },
    });
    expect(live.offer({ conversationId: id(1) }, 'webhook')).toBe('taken');
    await until(() => live.figures().waiting === 0);
    expect(live.offer({ conversationIds: [id(2), id(3)] }, 'webhook')).toBe('taken');
    expect(live.offer({ conversationId: id(4) }, 'webhook')).toBe('full');
    expect(live.offer({ conversationId: id(3) }, 'webhook')).toBe('taken');
    expect(live.figures()).toMatchObject({ overflows: 1, waiting: 2 });
    open();
    await until(() => read.length === 3);
    expect(live.offer({ conversationId: id(4) }, 'webhook')).toBe('taken');
    await until(() => read.length === 4);
    expect(read).toEqual([id(1), id(2), id(3), id(4)]);
  });

  test('is taken whole or refused whole, however many conversations it names', async () => {
    const { sandbox, api } = await openCentre();
    const { live } = listen(api, { now: () => sandbox.now(), read: () => new Promise(() => {}) });
    const named = (count: number) => ({ conversationIds: Array.from({ length: count }, (_, index) => id(index + 1)) });
    expect(live.offer(named(10_001), 'webhook')).toBe('too_many');
    expect(live.figures()).toMatchObject({ waiting: 0, events: { webhook: 0 } });
    expect(live.offer(named(9_000), 'webhook')).toBe('taken');
    expect(live.figures()).toMatchObject({ waiting: 9_000, overflows: 0 });
    expect(live.offer(named(10_000), 'webhook')).toBe('taken');
    expect(live.offer({ conversationIds: [id(20_000)] }, 'webhook')).toBe('full');
  });

  test('twice by EventBridge is read once', async () => {
    const { sandbox, api } = await openCentre();
    const { live, read } = listen(api, { now: () => sandbox.now() });
    const event = { id: id(7), detail: { eventBody: { conversationId: id(1) } } };
    expect(live.offer(event, 'webhook')).toBe('taken');
    await until(() => read.length === 1);
    expect(live.offer(event, 'webhook')).toBe('repeated');
    expect(live.offer({ ...event, id: id(8) }, 'webhook')).toBe('taken');
    await until(() => read.length === 2);
  });

  test('is read again when reading failed', async () => {
    const { sandbox, api } = await openCentre();
    let failures = 0;
    const read: string[] = [];
    const { live } = listen(api, {
      now: () => sandbox.now(),
      read: async (ids) => {
        failures += 1;
        if (failures === 1) throw new Error('The database is gone.');
        read.push(...ids);
      },
    });
    live.offer({ conversationId: id(1) }, 'webhook');
    await until(() => read.length === 1);
  });

  test('is looked at once more a while later, and again behind a new event', async () => {
    const { sandbox, api } = await openCentre();
    const { live, read } = listen(api, { now: () => sandbox.now() }, { followMs: 40 });
    live.offer({ conversationId: id(1) }, 'webhook');
    await until(() => read.length === 2);
    live.offer({ conversationId: id(2) }, 'webhook');
    await until(() => read.length === 4);
    live.offer({ conversationId: id(1) }, 'webhook');
    await until(() => read.length === 6);
    expect(read).toEqual([id(1), id(1), id(2), id(2), id(1), id(1)]);
  });
});
