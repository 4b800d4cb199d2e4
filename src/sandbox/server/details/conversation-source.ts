import { dayMs } from '../../../lib/interval.js';
import type { JsonObject, SimulatedConversation, World } from '../../world.js';
import type { SpanMs } from '../intervals.js';
import { dayStartOf, daysTouched } from '../intervals.js';
import { RecordCache, type Validity } from './record-cache.js';

/** A change made from outside (a restatement, a wrap-up code written through the API), effective from a given time. */
export interface Overlay {
  readonly atMs: number;
  change(record: JsonObject): JsonObject;
}

const overlaysMax = 100_000;
const longDaysMax = 1_000;

/** The organisation's conversations as they are known at an instant, with their JSON kept ready. */
export class ConversationSource {
  readonly world: World;
  /** Before this instant the organisation did not exist. */
  readonly dataFromMs: number;
  /** Present when the records come from files: which of them belong together on one page. */
  readonly pageOf: ((conversation: SimulatedConversation) => number) | undefined;
  /** Goes up with every change made from outside, so that results found before it are not served after it. */
  generation = 0;
  readonly #json: RecordCache;
  readonly #overlays = new Map<string, Overlay[]>();
  readonly #long = new Map<number, readonly SimulatedConversation[]>();

  constructor(
    world: World,
    dataFromMs: number,
    cacheBytesMax: number,
    pageOf?: (conversation: SimulatedConversation) => number,
  ) {
    this.world = world;
    this.dataFromMs = dataFromMs;
    this.pageOf = pageOf;
    this.#json = new RecordCache(cacheBytesMax);
  }

  get cachedBytes(): number {
    return this.#json.bytes;
  }

  /** Started on a UTC day that the span touches, known at `asOfMs`, and alive at some instant of the span. By start, then id. */
  startedOnDaysOf(span: SpanMs, asOfMs: number): SimulatedConversation[] {
    return daysTouched({
      fromMs: Math.max(span.fromMs, this.dataFromMs),
      toMs: Math.min(span.toMs, asOfMs + 1),
    }).flatMap((day) =>
      this.world
        .conversationsOfDay(day)
        .filter((conversation) => this.#isKnown(conversation, asOfMs) && isAlive(conversation, span, asOfMs)),
    );
  }

  /** Alive at some instant of the span whenever they started. By start, then id. */
  activeIn(span: SpanMs, asOfMs: number): SimulatedConversation[] {
    const earlier: SimulatedConversation[] = [];
    const firstDay = dayStartOf(span.fromMs);
    for (let day = this.#lookBackStart(span.fromMs); day < firstDay; day += dayMs)
      for (const conversation of this.#outliving(day, span.fromMs))
        if (this.#isKnown(conversation, asOfMs) && isAlive(conversation, span, asOfMs)) earlier.push(conversation);
    return [...earlier, ...this.startedOnDaysOf(span, asOfMs)];
  }

  byId(id: string, asOfMs: number): SimulatedConversation | undefined {
    const conversation = this.world.conversationById(id);
    return conversation !== undefined && this.#isKnown(conversation, asOfMs) ? conversation : undefined;
  }

  record(conversation: SimulatedConversation, asOfMs: number, withAttributes: boolean): JsonObject {
    const record = conversation.render(asOfMs, withAttributes);
    if (record === undefined) throw new Error(`Conversation ${conversation.id} was asked for before it began.`);
    return this.#overlaysAt(conversation.id, asOfMs).reduce((changed, overlay) => overlay.change(changed), record);
  }

  /** False where no record has to be made to know that it has no survey and no evaluation. */
  mayBeAssessed(conversation: SimulatedConversation): boolean {
    return conversation.isAssessed !== false || this.#overlays.has(conversation.id);
  }

  /** The record's JSON, made once per state of the record. */
  json(conversation: SimulatedConversation, asOfMs: number, withAttributes: boolean): Buffer {
    const key = withAttributes ? `${conversation.id}+` : conversation.id;
    const kept = this.#json.get(key, asOfMs);
    if (kept !== undefined) return kept;
    const text = JSON.stringify(this.record(conversation, asOfMs, withAttributes));
    return this.#json.set(key, text, this.#validity(conversation, asOfMs));
  }

  /** Between which instants the record looks as it does at `asOfMs`. */
  #validity(conversation: SimulatedConversation, asOfMs: number): Validity {
    let fromMs = Number.NEGATIVE_INFINITY;
    let untilMs = Number.POSITIVE_INFINITY;
    const overlaid = (this.#overlays.get(conversation.id) ?? noOverlays).map((overlay) => overlay.atMs);
    for (const changeMs of [...conversation.changesMs, ...overlaid]) {
      if (changeMs <= asOfMs) fromMs = Math.max(fromMs, changeMs);
      else untilMs = Math.min(untilMs, changeMs);
    }
    return { fromMs, untilMs };
  }

  overlay(conversationId: string, overlay: Overlay): void {
    const overlays = this.#overlays.get(conversationId) ?? [];
    overlays.push(overlay);
    overlays.sort((a, b) => a.atMs - b.atMs);
    this.#overlays.set(conversationId, overlays);
    if (this.#overlays.size > overlaysMax)
      throw new Error(`More than ${overlaysMax} conversations were changed from outside.`);
    this.generation += 1;
    this.#json.clear();
  }

  resetOverlays(): void {
    this.#overlays.clear();
    this.#json.clear();
    this.generation += 1;
  }

  #isKnown(conversation: SimulatedConversation, asOfMs: number): boolean {
    return conversation.startMs <= asOfMs && conversation.startMs >= this.dataFromMs;
  }

  #overlaysAt(id: string, asOfMs: number): readonly Overlay[] {
    const overlays = this.#overlays.get(id);
    return overlays === undefined ? noOverlays : overlays.filter((overlay) => overlay.atMs <= asOfMs);
  }

  #lookBackStart(fromMs: number): number {
    return dayStartOf(Math.max(fromMs - this.world.lifetimeMsMax, this.dataFromMs));
  }

  /** Those of a day that may still be alive at `atMs`: of days long past only the few that are known to last. */
  #outliving(dayStart: number, atMs: number): readonly SimulatedConversation[] {
    const { shortLifetimeMsMax } = this.world;
    const isLongPast = shortLifetimeMsMax !== undefined && dayStart + dayMs + shortLifetimeMsMax <= atMs;
    if (isLongPast && this.world.longConversationsOfDay !== undefined) return this.#longOf(dayStart);
    return this.world.conversationsOfDay(dayStart);
  }

  #longOf(dayStart: number): readonly SimulatedConversation[] {
    const kept = this.#long.get(dayStart);
    if (kept !== undefined) return kept;
    const found = this.world.longConversationsOfDay?.(dayStart) ?? [];
    this.#long.set(dayStart, found);
    if (this.#long.size > longDaysMax) this.#long.delete(this.#long.keys().next().value as number);
    return found;
  }
}

const noOverlays: readonly Overlay[] = [];

function isAlive(conversation: SimulatedConversation, span: SpanMs, asOfMs: number): boolean {
  if (conversation.startMs >= span.toMs) return false;
  // Before the end is asked for, because to know it the whole conversation has to be made.
  if (conversation.startMs >= span.fromMs) return true;
  if (conversation.latestEndMs !== undefined && conversation.latestEndMs < Math.min(span.fromMs, asOfMs)) return false;
  const isOpen = conversation.endMs > asOfMs;
  return isOpen || conversation.endMs >= span.fromMs;
}
