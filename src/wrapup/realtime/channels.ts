import { backOffMs, pause } from '../../lib/abort.js';
import { asError } from '../../lib/errors.js';
import { type Connection, type ConnectionParts, openConnection } from './connection.js';

export const topicsPerChannelMax = 1_000;
/**
 * Genesys allows 20 channels per client and closes the oldest; during a renewal each exists twice,
 * and other programs may share the client.
 */
export const channelsMax = 9;

export interface ChannelsParts extends Omit<ConnectionParts, 'onMessage'> {
  readonly onMessage: (text: string) => void;
  /** Also called after a loss: events since then were missed. */
  readonly onOpened: () => void;
  readonly random: () => number;
  readonly onError: (error: Error) => void;
}

/** Manages all notification channels of this process: as many as its topics need, each reopened whenever it ends. */
export class Channels {
  readonly #parts: ChannelsParts;
  readonly #channels: Channel[] = [];
  readonly #running: Promise<void>[] = [];

  constructor(parts: ChannelsParts) {
    this.#parts = parts;
  }

  /** Replaces the topics; those beyond Genesys' limit are covered by polling. */
  async setTopics(topics: readonly string[]): Promise<void> {
    const taken = topics.slice(0, channelsMax * topicsPerChannelMax);
    if (taken.length < topics.length)
      this.#parts.log.warn(
        { topics: topics.length, taken: taken.length },
        'Topic limit of notification channels reached',
      );
    const groups: string[][] = [];
    for (let from = 0; from < taken.length; from += topicsPerChannelMax)
      groups.push(taken.slice(from, from + topicsPerChannelMax));
    for (const channel of this.#channels.splice(groups.length)) channel.close();
    for (const [index, group] of groups.entries()) {
      const known = this.#channels[index];
      if (known !== undefined) await known.setTopics(group);
      else this.#start(group);
    }
  }

  get isConnected(): boolean {
    return this.#channels.length > 0 && this.#channels.every((channel) => channel.isOpen);
  }

  get topicCount(): number {
    return this.#channels.reduce((sum, channel) => sum + channel.topics.length, 0);
  }

  get reconnects(): number {
    return this.#channels.reduce((sum, channel) => sum + Math.max(0, channel.opens - 1), 0);
  }

  /** Resolves when everything is closed after the signal has aborted. */
  async closed(): Promise<void> {
    for (const channel of this.#channels) channel.close();
    await Promise.all(this.#running);
  }

  #start(topics: readonly string[]): void {
    const channel = new Channel(this.#parts, topics);
    this.#channels.push(channel);
    this.#running.push(channel.run());
  }
}

class Channel {
  readonly #parts: ChannelsParts;
  readonly #closing = new AbortController();
  #topics: readonly string[];
  #current: Connection | undefined;
  opens = 0;

  constructor(parts: ChannelsParts, topics: readonly string[]) {
    this.#parts = parts;
    this.#topics = topics;
    parts.signal.addEventListener('abort', () => this.close(), { once: true });
  }

  get isOpen(): boolean {
    return this.#current?.isOpen() ?? false;
  }

  get topics(): readonly string[] {
    return this.#topics;
  }

  async setTopics(topics: readonly string[]): Promise<void> {
    if (topics.join() === this.#topics.join()) return;
    this.#topics = topics;
    // A channel that is not open yet subscribes when it opens.
    if (this.isOpen) await this.#current?.subscribe(topics);
  }

  close(): void {
    this.#closing.abort(new Error('The notification channel was closed.'));
    this.#current?.close();
  }

  async run(): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (!signal.aborted) {
      const begunMs = performance.now();
      const end = await this.#live();
      if (end === 'renew') continue;
      failures = performance.now() - begunMs > this.#parts.timings.livedMsMin ? 0 : failures + 1;
      await pause(backOffMs(failures, this.#parts.random), signal);
    }
    this.#current?.close();
  }

  /**
   * Runs one connection until it needs a replacement. The previous one is closed only when this one
   * is open, so that nothing is missed in between.
   */
  async #live(): Promise<'renew' | 'lost'> {
    const { log, onOpened, onError } = this.#parts;
    try {
      const topics = this.#topics;
      const next = await openConnection({ ...this.#parts, signal: this.#closing.signal }, topics);
      this.#current?.close();
      this.#current = next;
      this.opens += 1;
      log.info({ topics: topics.length }, 'A notification channel is open');
      await this.#catchUpTopics(next, topics);
      onOpened();
      const end = await next.end;
      if (!this.#closing.signal.aborted)
        log.info(
          end === 'renew' ? 'Notification channel expiring; opening a replacement' : 'A notification channel was lost',
        );
      return end;
    } catch (error) {
      if (this.#closing.signal.aborted) return 'lost';
      log.warn({ reason: asError(error).message }, 'Notification channel could not be opened; polling continues');
      onError(asError(error));
      return 'lost';
    }
  }

  async #catchUpTopics(next: Connection, topics: readonly string[]): Promise<void> {
    if (topics !== this.#topics) await next.subscribe(this.#topics);
  }
}
