import { pause } from '../../lib/abort.js';
import { asError } from '../../lib/errors.js';
import { dayMs, hourMs, minuteMs, plus, secondMs } from '../../lib/interval.js';
import type { Log } from '../../lib/log.js';
import { ConversationQueue } from '../../wrapup/realtime/queue.js';
import { allowListOf } from '../../wrapup/rules/allow-list.js';
import { errorFacts } from '../app/error-text.js';
import type { OpenedWithApi } from '../app/open.js';
import { openPlanner, type Planner } from '../wrapup/planner.js';

/** Interval at which rules and names are read again, because the directory changes meanwhile. */
const plannerMsMax = 5 * minuteMs;
/** Interval of the sweep that finds what polling and events missed, and survey answers that came with an extraction. */
const sweepMs = hourMs;
const sweepReachMs = 31 * dayMs;
const waitingMax = 20_000;
const conversationsMax = 500;
const gatherMs = secondMs / 4;
const actor = 'run --wrapup';

/** Sends decisions to Genesys, for these conversations or for all that are waiting. */
export type ApplyDecided = (planner: Planner, scope: { readonly conversationIds?: readonly string[] }) => Promise<void>;

export interface RuleWorkerParts {
  readonly opened: OpenedWithApi;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Absent without `--apply`: decisions stay in the warehouse. */
  readonly apply?: ApplyDecided;
  readonly onError: (error: Error) => void;
}

/** Evaluates the rules on conversations as soon as they are read, one batch after the other, and on everything recent at intervals. */
export class RuleWorker {
  readonly #parts: RuleWorkerParts;
  readonly #queue = new ConversationQueue(waitingMax);
  readonly #log: Log;
  #planner: Planner | undefined;
  #plannerAtMs = Number.NEGATIVE_INFINITY;
  #sweptAtMs = performance.now();

  constructor(parts: RuleWorkerParts) {
    this.#parts = parts;
    this.#log = parts.opened.log;
  }

  /** Queues conversations for evaluation; those beyond the limit are evaluated by the next sweep. */
  readonly onConversationsRead = (ids: readonly string[]): void => {
    this.#queue.add(ids);
  };

  /** Returns the queues that codes may be written for; empty while they are not in the directory. */
  readonly queueIds = async (): Promise<readonly string[]> => {
    const planner = await this.#current();
    const writeback = planner?.rules.writeback;
    return planner === undefined || writeback === undefined ? [] : allowListOf(writeback, planner.directory).queueIds;
  };

  /** Resolves when the signal has aborted. */
  async run(): Promise<void> {
    const { signal, onError } = this.#parts;
    while (!signal.aborted) {
      await this.#filledOrDue(signal);
      await pause(gatherMs, signal);
      if (signal.aborted) return;
      try {
        await this.#evaluate(this.#queue.take(conversationsMax));
        if (performance.now() - this.#sweptAtMs > sweepMs) await this.#sweep();
      } catch (error) {
        if (signal.aborted) return;
        onError(asError(error));
        this.#log.error(errorFacts(error), 'The rules could not be applied; will retry');
        await pause(minuteMs / 2, signal);
      }
    }
  }

  async #evaluate(conversationIds: readonly string[]): Promise<void> {
    const planner = conversationIds.length === 0 ? undefined : await this.#current();
    if (planner === undefined) return;
    const { now, signal, apply } = this.#parts;
    const { proposed, superseded } = await planner.propose({ conversationIds }, { now: now(), signal, actor });
    if (proposed + superseded > 0) this.#log.info({ proposed, superseded }, 'Rules evaluated');
    await apply?.(planner, { conversationIds });
  }

  async #sweep(): Promise<void> {
    this.#sweptAtMs = performance.now();
    const planner = await this.#current();
    if (planner === undefined) return;
    const { now, signal, apply } = this.#parts;
    const interval = { from: plus(now(), -sweepReachMs), to: now() };
    const { proposed, superseded } = await planner.propose({ interval }, { now: now(), signal, actor });
    this.#log.info({ proposed, superseded }, 'Rules re-evaluated for the last 31 days');
    await apply?.(planner, {});
  }

  async #filledOrDue(signal: AbortSignal): Promise<void> {
    const due = new AbortController();
    const abort = () => due.abort();
    signal.addEventListener('abort', abort, { once: true });
    const timer = setTimeout(abort, Math.max(0, sweepMs - (performance.now() - this.#sweptAtMs)));
    await this.#queue.filled(due.signal);
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }

  /**
   * Loads the rules with the current directory. Where they do not match it, as in an empty
   * warehouse, the last valid rules stay in use.
   */
  async #current(): Promise<Planner | undefined> {
    if (performance.now() - this.#plannerAtMs < plannerMsMax && this.#planner !== undefined) return this.#planner;
    const { pool, config } = this.#parts.opened;
    try {
      this.#planner = await openPlanner(pool, config.wrapupRules);
      this.#plannerAtMs = performance.now();
    } catch (error) {
      this.#log.warn({ reason: asError(error).message }, 'Rules file references unknown directory entries; retrying');
    }
    return this.#planner;
  }
}
