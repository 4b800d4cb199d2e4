import WebSocket from 'ws';
import type { GenesysApi, JsonObject } from '../../genesys/api.js';
import { hourMs, minuteMs, secondMs } from '../../lib/interval.js';
import type { Log } from '../../lib/log.js';
import { isLoopbackHost } from '../../lib/loopback.js';

export type ChannelPort = Pick<GenesysApi, 'createNotificationChannel' | 'subscribeNotifications'>;

export interface ConnectionParts {
  readonly api: ChannelPort;
  readonly now: () => Date;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Text of a message that is about a topic. */
  readonly onMessage: (text: string) => void;
  readonly timings: ConnectionTimings;
}

export interface ConnectionTimings {
  /** Interval at which the connection's liveness and the channel's end are checked. */
  readonly checkMs: number;
  readonly pingMs: number;
  /** Genesys sends a message twice a minute and answers pings, so a connection that is silent for longer is dead. */
  readonly silenceMsMax: number;
  /** A channel lives for a day; its replacement is opened this long before its end. */
  readonly renewalMs: number;
  /**
   * A connection that ended sooner counts as a failure, so that the next one waits, even if clocks
   * disagree about its end.
   */
  readonly livedMsMin: number;
}

export const defaultTimings: ConnectionTimings = {
  checkMs: 5 * secondMs,
  pingMs: 30 * secondMs,
  silenceMsMax: 75 * secondMs,
  renewalMs: hourMs,
  livedMsMin: minuteMs,
};

/** Reason why a connection needs a replacement: `renew` while it still works. */
export type End = 'renew' | 'lost';

export interface Connection {
  /** Settles once, when a replacement is needed. */
  readonly end: Promise<End>;
  /** False as soon as no more messages can arrive. */
  readonly isOpen: () => boolean;
  subscribe(topics: readonly string[]): Promise<void>;
  close(): void;
}

const handshakeMsMax = 15 * secondMs;
const messageBytesMax = 4 * 1_024 * 1_024;
const rejectedShownMax = 5;

/**
 * Opens a new channel with its socket and subscribes it. The socket is opened first, because a
 * channel without one keeps no events.
 */
export async function openConnection(parts: ConnectionParts, topics: readonly string[]): Promise<Connection> {
  const { body } = await parts.api.createNotificationChannel({ signal: parts.signal, priority: 0 });
  const { id, connectUri, expires } = body;
  if (typeof id !== 'string' || typeof connectUri !== 'string')
    throw new Error('Genesys returned a notification channel without an id or an address.');
  const socket = await openSocket(safeAddress(connectUri), parts.signal);
  const connection = watch(socket, id, expires === undefined ? Number.NaN : Date.parse(expires), parts);
  try {
    await connection.subscribe(topics);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Validates the address. Messages on the socket are trusted, so it must use TLS, except on loopback. */
function safeAddress(uri: string): string {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  const isLocal = url?.protocol === 'ws:' && isLoopbackHost(url.hostname);
  if (url?.protocol !== 'wss:' && !isLocal)
    throw new Error('The address of the notification channel does not use TLS.');
  return uri;
}

function openSocket(address: string, signal: AbortSignal): Promise<WebSocket> {
  const socket = new WebSocket(address, {
    handshakeTimeout: handshakeMsMax,
    maxPayload: messageBytesMax,
    perMessageDeflate: false,
  });
  return new Promise((resolve, reject) => {
    const abort = () => socket.terminate();
    signal.addEventListener('abort', abort, { once: true });
    // Its text may contain the channel's address, which is enough to listen.
    const fail = () => reject(new Error('The socket of the notification channel could not be opened.'));
    socket.once('error', fail);
    socket.once('close', fail);
    socket.once('open', () => {
      signal.removeEventListener('abort', abort);
      socket.off('close', fail);
      resolve(socket);
    });
  });
}

function watch(socket: WebSocket, channelId: string, expiresMs: number, parts: ConnectionParts): Connection {
  const { timings, now, signal } = parts;
  const clockMs = () => performance.now();
  const openedMs = clockMs();
  let heardMs = openedMs;
  let pingedMs = heardMs;
  let settle: (end: End) => void = () => {};
  const end = new Promise<End>((resolve) => {
    settle = resolve;
  });
  const isEnding = (livedMs: number) => livedMs > timings.livedMsMin && now().getTime() > expiresMs - timings.renewalMs;
  const timer = setInterval(() => {
    if (clockMs() - heardMs > timings.silenceMsMax) socket.terminate();
    else if (isEnding(clockMs() - openedMs)) settle('renew');
    if (clockMs() - pingedMs < timings.pingMs || socket.readyState !== WebSocket.OPEN) return;
    pingedMs = clockMs();
    socket.send('{"message":"ping"}');
  }, timings.checkMs);
  const close = () => socket.terminate();
  signal.addEventListener('abort', close, { once: true });
  socket.on('error', close);
  socket.on('close', () => {
    clearInterval(timer);
    signal.removeEventListener('abort', close);
    settle('lost');
  });
  socket.on('message', (data) => {
    heardMs = clockMs();
    const text = String(data);
    if (isClosing(text)) close();
    else if (!isAboutItself(text)) parts.onMessage(text);
  });
  return {
    end,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    subscribe: async (topics) => {
      const { body } = await parts.api.subscribeNotifications(channelId, topics, { signal, priority: 0 });
      warnOfRejected(body.entities ?? [], parts.log);
    },
    close,
  };
}

/** Matches heartbeats and answers to pings. */
const isAboutItself = (text: string) => text.startsWith('{"topicName":"channel.metadata"');
/** Matches Genesys' notice some seconds before it closes a socket, for instance to move it. */
const isClosing = (text: string) => text.startsWith('{"topicName":"v2.system.socket_closing"');

function warnOfRejected(subscriptions: readonly JsonObject[], log: Log): void {
  const rejected = subscriptions.filter(({ state }) => state === 'Rejected');
  if (rejected.length === 0) return;
  const examples = rejected
    .slice(0, rejectedShownMax)
    .map(({ id, rejectionReason }) => `${id}: ${rejectionReason ?? '?'}`);
  log.warn(
    { rejected: rejected.length, examples },
    'Genesys refuses topics of the notification channel; polling covers them',
  );
}
