import type { GenesysApi } from '../../genesys/api.js';
import { backOffMs, pause } from '../../lib/abort.js';
import { asError } from '../../lib/errors.js';
import { minuteMs, secondMs } from '../../lib/interval.js';
import { parseJson } from '../../lib/json.js';
import type { Log } from '../../lib/log.js';
import { Channels } from './channels.js';
import { type ChannelPort, type ConnectionTimings, defaultTimings } from './connection.js';
import { Seen } from './dedupe.js';
import { FollowUps } from './delayed-reread.js';
import { conversationIdsIn, eventKeyOf, idsPerBodyMax, queueTopic } from './events.js';
import { type PollState, pollRecent } from './poll.js';
import { ConversationQueue } from './queue.js';

export type EventSource = 'channel' | 'webhook' | 'survey' | 'polling';

/** Result of an event received over HTTP. */
export type Offered = 'taken' | 'repeated' | 'full' | 'nothing' | 'too_many';

/** Callbacks of realtime work; each of the two may fail and is then retried. */
export interface LiveParts {
  readonly api: ChannelPort & Pick<GenesysApi, 'detailsQuery'>;
  /**
   * Queues to subscribe to; empty while the directory is unknown. Absent: no channel and no
   * polling, only offered events.
   */
  readonly queueIds?: () => Promise<readonly string[]>;
  /** Reads these conversations (1 to 100) from Genesys, stores them and evaluates the rules on them. */
  readonly read: (ids: readonly string[]) => Promise<void>;
  /** Stores what polling has read, and evaluates the rules on it. */
  readonly store: (records: readonly unknown[], asOf: Date) => Promise<void>;
  readonly now: () => Date;
  readonly random: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onError?: (error: Error) => void;
  readonly timings?: Partial<LiveTimings>;
  readonly waitingMax?: number;
}

export interface LiveTimings extends ConnectionTimings {
  /**
   * Events within this time are read with one request, so that even in the busiest hour less than
   * one request a second is used.
   */
  readonly gatherMs: number;
  /** Delay after which a conversation that was read for an event is read once more. */
  readonly followMs: number;
  readonly pollMs: number;
  /** Interval at which the list of queues is read; `noQueuesMs` while it is empty. */
  readonly queuesMs: number;
  readonly noQueuesMs: number;
}

const liveTimings: LiveTimings = {
  ...defaultTimings,
  gatherMs: secondMs,
  followMs: 15 * secondMs,
  pollMs: minuteMs,
  queuesMs: minuteMs,
  noQueuesMs: 5 * secondMs,
};
const waitingMaxDefault = 10_000;
const readIdsMax = 100;
const seenMax = 20_000;
const followCheckMs = secondMs;

/**
 * Reacts to events in the contact centre: events name conversations, which are read at once, and
 * polling finds what events have missed. All sources feed the same queue, so events may arrive
 * twice, in any order, or not at all.
 */
export class Live {
  readonly #parts: LiveParts;
  readonly #timings: LiveTimings;
  readonly #queue: ConversationQueue;
  readonly #followUps: FollowUps;
  readonly #seen = new Seen(seenMax);
  readonly #channels: Channels;
  readonly #events: Record<EventSource, number> = { channel: 0, webhook: 0, survey: 0, polling: 0 };
  #read = 0;
  #overflows = 0;
  #lastEventAt: Date | null = null;
  #polledUntil: Date | null = null;
  readonly #pollState: PollState = { isEndRefused: false };
  #wakePolling: () => void = () => {};

  constructor(parts: LiveParts) {
    this.#parts = parts;
    this.#timings = { ...liveTimings, ...parts.timings };
    this.#queue = new ConversationQueue(parts.waitingMax ?? waitingMaxDefault);
    this.#followUps = new FollowUps(parts.waitingMax ?? waitingMaxDefault);
    this.#channels = new Channels({
      ...parts,
      timings: this.#timings,
      onMessage: (text) => this.#hear(text),
      onOpened: () => this.#wakePolling(),
      onError: (error) => this.#failed(error),
    });
  }

  /** Resolves when the signal has aborted and everything is closed. Never rejects. */
  async run(): Promise<void> {
    const { queueIds } = this.#parts;
    const working = [this.#readAll(), this.#followAll()];
    if (queueIds !== undefined) working.push(this.#listen(queueIds), this.#poll(queueIds));
    await Promise.all(working);
    await this.#channels.closed();
  }

  /**
   * Accepts an event received over HTTP. Returns `full` if there is no room: its sender may retry,
   * and polling finds it anyway.
   */
  offer(message: unknown, source: EventSource): Offered {
    const ids = conversationIdsIn(message);
    if (ids.length === 0) return 'nothing';
    if (ids.length > idsPerBodyMax) return 'too_many';
    if (!this.#queue.hasRoomFor(ids)) {
      this.#overflows += 1;
      return 'full';
    }
    const key = eventKeyOf(message);
    if (key !== undefined && !this.#seen.isNew(key)) return 'repeated';
    this.#enter(ids, source);
    return 'taken';
  }

  figures() {
    return {
      isConnected: this.#channels.isConnected,
      topics: this.#channels.topicCount,
      reconnects: this.#channels.reconnects,
      events: { ...this.#events },
      waiting: this.#queue.size,
      read: this.#read,
      overflows: this.#overflows,
      lastEventAt: this.#lastEventAt,
    };
  }

  #hear(text: string): void {
    const message = parseJson(text);
    if (message === undefined || !this.#seen.isNew(text)) return;
    this.#enter(conversationIdsIn(message), 'channel');
  }

  #enter(ids: readonly string[], source: EventSource): void {
    if (ids.length === 0) return;
    this.#events[source] += 1;
    this.#lastEventAt = this.#parts.now();
    this.#followUps.begin(ids);
    if (this.#queue.add(ids) < ids.length) this.#overflows += 1;
  }

  #failed(error: Error): void {
    this.#parts.onError?.(error);
  }

  async #readAll(): Promise<void> {
    const { signal, log, random } = this.#parts;
    let failures = 0;
    while (!signal.aborted) {
      await this.#queue.filled(signal);
      await pause(this.#timings.gatherMs, signal);
      if (signal.aborted) return;
      const ids = this.#queue.take(readIdsMax);
      try {
        if (ids.length > 0) await this.#parts.read(ids);
        this.#read += ids.length;
        this.#followUps.wasRead(ids, performance.now() + this.#timings.followMs);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        // They are queued again as far as there is room; polling finds the others.
        this.#queue.add(ids);
        this.#failed(asError(error));
        failures += 1;
        log.warn({ reason: asError(error).message, conversations: ids.length }, 'Conversation read failed; will retry');
        await pause(backOffMs(failures, random), signal);
      }
    }
  }

  async #followAll(): Promise<void> {
    const { signal } = this.#parts;
    while (!signal.aborted) {
      await pause(Math.min(followCheckMs, this.#timings.followMs), signal);
      this.#queue.add(this.#followUps.due(performance.now(), readIdsMax));
    }
  }

  /** Follows the list of queues, which the directory or the rules may change. */
  async #listen(queueIds: () => Promise<readonly string[]>): Promise<void> {
    const { signal, log } = this.#parts;
    while (!signal.aborted) {
      try {
        await this.#channels.setTopics((await queueIds()).map(queueTopic));
      } catch (error) {
        if (signal.aborted) return;
        this.#failed(asError(error));
        log.warn({ reason: asError(error).message }, 'The topics of the notification channel could not be set');
      }
      // Before the first directory there is no queue to subscribe to, and somebody who has just
      // started this is waiting for it.
      await pause(this.#channels.topicCount > 0 ? this.#timings.queuesMs : this.#timings.noQueuesMs, signal);
    }
  }

  async #poll(queueIds: () => Promise<readonly string[]>): Promise<void> {
    const { signal, log, random } = this.#parts;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#pollOnce(await queueIds());
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#failed(asError(error));
        failures += 1;
        log.warn(
          { reason: asError(error).message },
          'The latest conversations could not be polled; the next poll looks back further',
        );
      }
      await this.#untilNextPoll(failures === 0 ? this.#timings.pollMs : backOffMs(failures, random));
    }
  }

  async #pollOnce(queueIds: readonly string[]): Promise<void> {
    if (queueIds.length === 0) return;
    const { api, store, now, signal, log } = this.#parts;
    const startedAt = now();
    const state = this.#pollState;
    const pages = pollRecent({ api, queueIds, polledUntil: this.#polledUntil, now: startedAt, signal, log, state });
    for await (const { records, asOf } of pages) {
      this.#events.polling += 1;
      this.#read += records.length;
      await store(records, asOf);
    }
    this.#polledUntil = startedAt;
  }

  /** Waits for the next poll. A reopened channel ends the wait, because events were missed meanwhile. */
  async #untilNextPoll(ms: number): Promise<void> {
    const waking = new AbortController();
    const wake = () => waking.abort();
    this.#wakePolling = wake;
    this.#parts.signal.addEventListener('abort', wake, { once: true });
    await pause(ms, waking.signal);
    this.#parts.signal.removeEventListener('abort', wake);
  }
}
