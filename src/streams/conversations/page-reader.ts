import type { FlatConversation } from '../../conversation/flatten.js';
import type { ApiAnswer, CallOptions, DetailsPage, RecordSink } from '../../genesys/api.js';
import { type HeldMemory, MemoryGate } from '../../lib/memory-gate.js';
import { SlabPool, SlabWriter } from '../../lib/slabs.js';
import type { Json, Page, Reject, SliceContext } from '../../model/extraction.js';
import { flattenOrReject } from './page.js';
import { ReadOrder } from './read-order.js';

/** Estimate of a record's memory besides its encoded rows; each attribute is a separate object. */
const recordBytes = 512;
const attributeBytes = 192;
/** Estimate of a page's size before the first page. */
const pageBytesFirst = 8 * 1024 * 1024;
/** A page is expected to be as large as the largest recent one, because the last page of a slice is often small. */
const expectedShare = 0.9;

export interface ReadPage<Answer> {
  readonly answer: Answer;
  readonly recordCount: number;
  /** Exactly one of the two must be called, once: the page holds its memory until it is released. */
  page(facts: { readonly asOf: Date; readonly cursor: Json }): Page;
  drop(): void;
}

/** Limits the memory of conversations that are read and not stored yet, across all streams. */
const memoryBytesMax = 32 * 1024 * 1024;
const slabBytes = 256 * 1024;

/** Memory in which conversations wait to be stored; shared by all streams of a process. */
export interface ConversationMemory {
  readonly gate: MemoryGate;
  readonly slabs: SlabPool;
}

export function conversationMemory(): ConversationMemory {
  return { gate: new MemoryGate(memoryBytesMax), slabs: new SlabPool(slabBytes, memoryBytesMax) };
}

/**
 * Reads responses that are lists of conversations: each record is flattened and encoded as soon as
 * its bytes have arrived.
 */
export class PageReader {
  readonly #memory: ConversationMemory;
  #expectedBytes = pageBytesFirst;

  constructor(memory: ConversationMemory) {
    this.#memory = memory;
  }

  /**
   * Makes the call and reads its response. Live work (priority 0) does not wait for memory; neither
   * does a repeated response, because later ones in `order` may hold memory already. Throws what
   * the call throws.
   */
  async read<Answer extends ApiAnswer<DetailsPage>>(
    call: CallOptions & { readonly signal: AbortSignal; readonly priority: number },
    { erase }: Pick<SliceContext, 'erase'>,
    send: (call: CallOptions) => Promise<Answer>,
    order: ReadOrder = new ReadOrder(),
  ): Promise<ReadPage<Answer>> {
    const expectedBytes = this.#expectedBytes;
    const turn = order.next();
    let beginnings = 0;
    const enter = async () => {
      await turn.came;
      beginnings += 1;
      const isUrgent = call.priority === 0 || beginnings > 1;
      const held = await this.#memory.gate.enter(expectedBytes, { signal: call.signal, isUrgent });
      turn.pass();
      return held;
    };
    const sink = new ConversationSink({ enter, expectedBytes, erase, rows: new SlabWriter(this.#memory.slabs) });
    try {
      const answer = await send({ ...call, records: sink });
      // If the list was not found in the bytes, it is in the parsed body.
      if (Array.isArray(answer.body.conversations)) for (const record of answer.body.conversations) sink.add(record);
      this.#expect(sink.bytes);
      return { answer, recordCount: sink.count, page: (facts) => sink.page(facts), drop: () => sink.drop() };
    } catch (error) {
      sink.drop();
      throw error;
    } finally {
      turn.pass();
    }
  }

  #expect(bytes: number): void {
    this.#expectedBytes = Math.max(bytes, Math.round(this.#expectedBytes * expectedShare));
  }
}

interface SinkParts {
  readonly enter: () => Promise<HeldMemory>;
  readonly expectedBytes: number;
  readonly erase: SliceContext['erase'];
  readonly rows: SlabWriter;
}

class ConversationSink implements RecordSink {
  readonly #parts: SinkParts;
  readonly #rows: SlabWriter;
  #held: HeldMemory | undefined;
  #conversations: FlatConversation[] = [];
  #rejects: Reject[] = [];
  /** Size of everything except encoded rows. */
  #otherBytes = 0;

  constructor(parts: SinkParts) {
    this.#parts = parts;
    this.#rows = parts.rows;
  }

  get bytes(): number {
    return this.#rows.bytes + this.#otherBytes;
  }

  get count(): number {
    return this.#conversations.length + this.#rejects.length;
  }

  async begin(): Promise<void> {
    this.#held = await this.#parts.enter();
  }

  /** Adds a record; one that cannot be stored becomes a reject instead of failing the page. */
  add(record: unknown): void {
    const flat = flattenOrReject(record, { erase: this.#parts.erase, keep: this.#rows.keep });
    if ('reason' in flat) {
      this.#rejects.push(flat);
      this.#otherBytes += flat.record.length;
    } else {
      this.#conversations.push(flat);
      this.#otherBytes += recordBytes + (flat.attributes?.length ?? 0) * attributeBytes;
    }
    if (this.bytes > this.#parts.expectedBytes) this.#held?.resize(this.bytes);
  }

  drop(): void {
    this.#conversations = [];
    this.#rejects = [];
    this.#otherBytes = 0;
    this.#rows.release();
    this.#held?.release();
  }

  page(facts: { readonly asOf: Date; readonly cursor: Json }): Page {
    const held = this.#held;
    held?.resize(this.bytes);
    return {
      ...facts,
      batches: [{ kind: 'conversations', conversations: this.#conversations }],
      rejects: this.#rejects,
      recordCount: this.count,
      ...(held && { memory: { isWanted: () => held.isWanted(), release: () => this.#release(held) } }),
    };
  }

  /** Also empties the page: the loops that it passed through refer to it until their next page arrives. */
  #release(held: HeldMemory): void {
    this.#conversations.length = 0;
    this.#rejects.length = 0;
    this.#rows.release();
    held.release();
  }
}
