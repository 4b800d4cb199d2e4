import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { dayMs } from '../../lib/interval.js';
import type { JsonObject } from '../world.js';
import type { Clock } from './clock.js';
import type { Answer } from './http/answer.js';
import { empty, json } from './http/answer.js';
import { badRequest, notFound } from './http/api-fault.js';
import type { Call, Route } from './http/router.js';
import { noPermissions } from './http/router.js';
import { idOf } from './ids.js';

interface Channel {
  readonly id: string;
  readonly expires: string;
  topics: Set<string>;
  socket?: WebSocket;
}

const channelsMax = 20;
const topicsMax = 1_000;
const lifetimeMs = dayMs;
const socketPath = '/sandbox-channels/';
const base = '/api/v2/notifications/channels';

const availableTopics = [
  'v2.analytics.conversations.details.jobs.availability',
  'v2.analytics.queues.{id}.observations',
  'v2.detail.events.conversation.{id}.wrapup',
  'v2.routing.queues.{id}.conversations',
  'v2.users.{id}.conversations',
];

/** Notification channels over real web sockets. Nothing is kept for a channel without a socket, as in the API. */
export class Notifications {
  readonly #channels = new Map<string, Channel>();
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #seed: number;
  readonly #clock: Clock;
  #port = 0;

  constructor(seed: number, clock: Clock) {
    this.#seed = seed;
    this.#clock = clock;
  }

  attach(server: Server, port: number): void {
    this.#port = port;
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  close(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  send(topicName: string, eventBody: JsonObject): void {
    for (const channel of this.#channels.values())
      if (channel.topics.has(topicName))
        channel.socket?.send(
          JSON.stringify({ topicName, version: '2', eventBody, metadata: { CorrelationId: channel.id } }),
        );
  }

  routes(): Route[] {
    const route = (method: string, path: string, operation: string, handle: Route['handle']): Route => ({
      method,
      path: `/api/v2/notifications/${path}`,
      operation,
      permissions: noPermissions,
      handle,
    });
    const one = 'channels/{channelId}';
    return [
      route('GET', 'availabletopics', 'available topics', () =>
        json({ entities: availableTopics.map((id) => ({ id, transports: ['All'] })) }),
      ),
      route('POST', 'channels', 'channel create', (call) => json(this.#shown(this.#create(call)))),
      route('GET', 'channels', 'channels', () =>
        json({ entities: [...this.#channels.values()].map((channel) => this.#shown(channel)) }),
      ),
      route('HEAD', one, 'channel check', (call) => this.#at(call) && empty(200)),
      route('GET', `${one}/subscriptions`, 'subscriptions', (call) => subscriptions(this.#at(call))),
      route('POST', `${one}/subscriptions`, 'subscribe', (call) => subscribe(this.#at(call), call, true)),
      route('PUT', `${one}/subscriptions`, 'subscriptions replace', (call) => subscribe(this.#at(call), call, false)),
      route('DELETE', `${one}/subscriptions`, 'unsubscribe', (call) => {
        this.#at(call).topics = new Set();
        return empty(200);
      }),
    ];
  }

  /** Above the limit the oldest channel makes room. */
  #create(call: Call): Channel {
    const id = idOf(this.#seed, 'channel', call.counter);
    const channel: Channel = {
      id,
      expires: new Date(this.#clock.nowMs() + lifetimeMs).toISOString(),
      topics: new Set(),
    };
    this.#channels.set(id, channel);
    const [oldest] = this.#channels.values();
    if (this.#channels.size > channelsMax && oldest !== undefined) {
      oldest.socket?.close();
      this.#channels.delete(oldest.id);
    }
    return channel;
  }

  #shown({ id, expires }: Channel): JsonObject {
    return { connectUri: `ws://127.0.0.1:${this.#port}${socketPath}${id}`, id, expires };
  }

  #at(call: Call): Channel {
    const channel = this.#channels.get(call.params.channelId ?? '');
    if (channel === undefined) throw notFound(`The channel ${call.params.channelId}`);
    return channel;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const channel = this.#channels.get((request.url ?? '').slice(socketPath.length));
    if (channel === undefined || !request.url?.startsWith(socketPath)) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      // One socket per channel: a second one takes the place of the first.
      channel.socket?.close();
      channel.socket = client;
      client.on('message', (data) => answerPing(client, String(data)));
      client.on('error', () => client.terminate());
    });
  }
}

function answerPing(client: WebSocket, message: string): void {
  if (message.includes('"ping"'))
    client.send(JSON.stringify({ topicName: 'channel.metadata', eventBody: { message: 'pong' } }));
}

function subscriptions(channel: Channel): Answer {
  return json({
    entities: [...channel.topics].map((id) => ({
      id,
      state: 'Permitted',
      selfUri: `${base}/${channel.id}/subscriptions`,
    })),
  });
}

function subscribe(channel: Channel, call: Call, keep: boolean): Answer {
  const ids = topicsOf(call);
  const topics = new Set([...(keep ? channel.topics : []), ...ids]);
  if (topics.size > topicsMax) throw badRequest(`A channel may have no more than ${topicsMax} topics.`);
  if (ids.some((id) => id.includes('{') || id.includes('*')))
    throw badRequest('A topic must name a concrete id; wildcards are not allowed.');
  channel.topics = topics;
  return subscriptions(channel);
}

function topicsOf(call: Call): readonly string[] {
  let body: unknown;
  try {
    body = JSON.parse(call.bodyText);
  } catch {
    throw badRequest('The request could not be understood by the server due to malformed syntax.');
  }
  if (!Array.isArray(body)) throw badRequest('The body must be a list of topics.');
  return body.map((topic: { id?: unknown }) => String(topic?.id));
}
