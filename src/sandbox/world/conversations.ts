import type { JsonObject, SimulatedConversation, WorldOptions } from '../world.js';
import { arrivalMs, conversationCount } from './day.js';
import type { WorldEvent } from './events.js';
import { conversationId, parseConversationId, uuidFrom } from './ids.js';
import { LocalCalendar } from './instant.js';
import { entryOf, type Kind, kindAt } from './kinds.js';
import type { Organization } from './organization.js';
import { hash32, Random, unit } from './random.js';
import { type RecordIdentity, renderRecord } from './render.js';
import { playReprocessing } from './reprocessing.js';
import { Scene } from './scene.js';
import { mergedCall } from './script-merged.js';
import { RandomStaff } from './staff.js';

const dayMs = 86_400_000;

/** No conversation lasts longer than this. */
export const lifetimeMsMax = 62 * dayMs;
/** All but those of `longConversationsOfDay` end within this time. */
export const shortLifetimeMsMax = 4 * dayMs;

/** Local days whose lists are kept; a conversation list of a large day takes some megabytes. */
const daysCachedMax = 6;
const conversationsCachedMax = 400_000;
/** Conversations that keep their events after they were told; the others tell them again. */
const scriptsCachedMax = 4_000;

/** One pair in so many was merged. */
const pairsPerMerge = 90;

export interface WorldConversation extends SimulatedConversation {
  readonly kind: Kind;
  readonly events: readonly WorldEvent[];
}

export class ConversationStore {
  readonly #options: WorldOptions;
  readonly #organization: Organization;
  readonly #calendar: LocalCalendar;
  readonly #days = new Map<number, readonly Conversation[]>();
  readonly #utcDays = new Map<number, readonly WorldConversation[]>();
  readonly #recent: (Conversation | undefined)[] = [];
  #recentAt = 0;

  constructor(options: WorldOptions, organization: Organization) {
    this.#options = options;
    this.#organization = organization;
    this.#calendar = new LocalCalendar(options.timeZone);
  }

  ofDay(dayStartMs: number): readonly WorldConversation[] {
    const cached = this.#utcDays.get(dayStartMs);
    if (cached !== undefined) return cached;
    const first = this.#calendar.localDayOf(dayStartMs);
    const last = this.#calendar.localDayOf(dayStartMs + dayMs - 1);
    const found: Conversation[] = [];
    for (let localDay = first; localDay <= last; localDay++) {
      for (const conversation of this.#localDay(localDay)) {
        if (conversation.startMs >= dayStartMs && conversation.startMs < dayStartMs + dayMs) found.push(conversation);
      }
    }
    found.sort((a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1));
    remember(this.#utcDays, dayStartMs, found);
    return found;
  }

  longOfDay(dayStartMs: number): readonly WorldConversation[] {
    return this.ofDay(dayStartMs).filter((conversation) => isLong(conversation.kind));
  }

  byId(id: string): WorldConversation | undefined {
    const key = parseConversationId(this.#options.seed, id);
    if (key === undefined || key.localDay > 100_000) return undefined;
    const { seed, conversationsPerDay } = this.#options;
    if (key.index >= conversationCount(seed, conversationsPerDay, key.localDay)) return undefined;
    return this.#localDay(key.localDay)[key.index];
  }

  #localDay(localDay: number): readonly Conversation[] {
    const cached = this.#days.get(localDay);
    if (cached !== undefined) return cached;
    const { seed, conversationsPerDay } = this.#options;
    const count = conversationCount(seed, conversationsPerDay, localDay);
    const midnightMs = this.#calendar.startMs(localDay);
    const endMs = this.#calendar.startMs(localDay + 1);
    const list: Conversation[] = new Array(count);
    for (let index = 0; index < count; index++) {
      const startMs = Math.min(endMs - 1, midnightMs + arrivalMs(seed, localDay, index));
      list[index] = new Conversation(this, localDay, index, startMs);
    }
    remember(this.#days, localDay, list);
    return list;
  }

  idOf(localDay: number, index: number): string {
    return conversationId(this.#options.seed, { localDay, index });
  }

  kindOf(localDay: number, index: number): Kind {
    const { seed } = this.#options;
    const pair = hash32(seed, localDay, index >> 1, 41) % (pairsPerMerge * 2);
    const count = conversationCount(seed, this.#options.conversationsPerDay, localDay);
    if (pair === 0 && (index | 1) < count) return index % 2 === 0 ? 'mergedSource' : 'mergedDestination';
    return kindAt(unit(seed, localDay, index, 42));
  }

  tell(conversation: Conversation): WorldEvent[] {
    const { seed } = this.#options;
    const { localDay, index, kind } = conversation;
    const random = new Random(seed, localDay, index, 51);
    const staff = new RandomStaff(new Random(seed, localDay, index, 52));
    const scene = new Scene({ organization: this.#organization, random, staff, startMs: conversation.startMs });
    if (kind === 'mergedSource') mergedCall(scene, this.idOf(localDay, index + 1), 'source');
    else if (kind === 'mergedDestination') mergedCall(scene, this.idOf(localDay, index - 1), 'destination');
    else entryOf(kind).play(scene);
    playReprocessing(scene, new Random(seed, localDay, index, 53), this.#calendar);
    return scene.events;
  }

  identity(conversation: Conversation): RecordIdentity {
    const { seed } = this.#options;
    const { localDay, index } = conversation;
    const rotated = unit(seed, localDay, index, 61) < 0.08;
    return {
      conversationId: conversation.id,
      startMs: conversation.startMs,
      participantId: (participant) => uuidFrom(seed ^ localDay, index, 1_000 + participant, 71),
      // The two halves of a merge share their session ids: an id of a session is no key across conversations.
      sessionId: (session) =>
        conversation.kind.startsWith('merged')
          ? uuidFrom(seed ^ localDay, index >> 1, 2_000 + session, 73)
          : uuidFrom(seed ^ localDay, index, 3_000 + session, 72),
      rotation: rotated ? 1 + (index % 3) : 0,
    };
  }

  /** Keeps the newest scripts and lets the oldest go. */
  keepScript(conversation: Conversation): void {
    this.#recent[this.#recentAt]?.forget();
    this.#recent[this.#recentAt] = conversation;
    this.#recentAt = (this.#recentAt + 1) % scriptsCachedMax;
  }
}

export function isLong(kind: Kind): boolean {
  return kind !== 'mergedSource' && kind !== 'mergedDestination' && entryOf(kind).long === true;
}

/** Lets the oldest days go until the number of days and of conversations is within bounds; keeps the newest in any case. */
function remember<T>(cache: Map<number, readonly T[]>, day: number, list: readonly T[]): void {
  cache.set(day, list);
  let total = 0;
  for (const kept of cache.values()) total += kept.length;
  for (const [oldest, kept] of cache) {
    if (oldest === day || (cache.size <= daysCachedMax && total <= conversationsCachedMax)) break;
    cache.delete(oldest);
    total -= kept.length;
  }
}

class Conversation implements WorldConversation {
  readonly startMs: number;
  readonly localDay: number;
  readonly index: number;
  readonly #store: ConversationStore;
  #id: string | undefined;
  #kind: Kind | undefined;
  #events: readonly WorldEvent[] | undefined;
  #endMs = Number.NaN;
  #settledMs = Number.NaN;

  constructor(store: ConversationStore, localDay: number, index: number, startMs: number) {
    this.#store = store;
    this.localDay = localDay;
    this.index = index;
    this.startMs = startMs;
  }

  get id(): string {
    this.#id ??= this.#store.idOf(this.localDay, this.index);
    return this.#id;
  }

  get kind(): Kind {
    this.#kind ??= this.#store.kindOf(this.localDay, this.index);
    return this.#kind;
  }

  get endMs(): number {
    if (Number.isNaN(this.#endMs)) this.#measure();
    return this.#endMs;
  }

  get settledMs(): number {
    if (Number.isNaN(this.#settledMs)) this.#measure();
    return this.#settledMs;
  }

  get events(): readonly WorldEvent[] {
    if (this.#events === undefined) {
      this.#events = this.#store.tell(this);
      this.#store.keepScript(this);
    }
    return this.#events;
  }

  get changesMs(): readonly number[] {
    const instants = new Set<number>([this.startMs]);
    for (const event of this.events) {
      if (event.atMs > this.startMs) instants.add(event.atMs);
      if (event.kind === 'handled' && event.atMs + event.emitDelayMs > this.startMs)
        instants.add(event.atMs + event.emitDelayMs);
    }
    return [...instants].sort((a, b) => a - b);
  }

  render(asOfMs: number, withAttributes: boolean): JsonObject | undefined {
    if (asOfMs < this.startMs) return undefined;
    return renderRecord(this.#store.identity(this), this.events, asOfMs, withAttributes);
  }

  forget(): void {
    this.#events = undefined;
  }

  #measure(): void {
    let settledMs = this.startMs;
    for (const event of this.events) {
      if (event.kind === 'conversationEnded') this.#endMs = event.atMs;
      const lastMs = event.kind === 'handled' ? event.atMs + event.emitDelayMs : event.atMs;
      if (lastMs > settledMs) settledMs = lastMs;
    }
    this.#settledMs = settledMs;
  }
}
