import type { FlatConversation } from '../../conversation/flatten.js';
import type { ApiAnswer, CallOptions, DetailsPage, RecordSink } from '../../genesys/api.js';
import { type HeldMemory, MemoryGate } from '../../lib/memory-gate.js';
import type { Json, Page, Reject } from '../../model/extraction.js';
import { flattenOrReject } from './page.js';

/** Estimates the memory of a record beside its encoded rows; each attribute is a separate object. */
const recordBytes = 512;
const attributeBytes = 192;
/** Estimates the size of a page before any was read. */
const pageBytesFirst = 4 * 1024 * 1024;
/** A page is expected to hold as much as the largest of late; the last page of a slice is often small and says little. */
const expectedShare = 0.9;

export interface ReadPage<Answer> {
  readonly answer: Answer;
  readonly recordCount: number;
  /** Either of the two is to be called, once: the page holds its memory until it is released. */
  page(facts: { readonly asOf: Date; readonly cursor: Json }): Page;
  drop(): void;
}

/** Bytes of conversations that wait to be stored, of all streams together. */
const memoryBytesMax = 64 * 1024 * 1024;

/** Bounds the conversations in memory; one for all streams of a process. */
export function conversationMemory(): MemoryGate {
  return new MemoryGate(memoryBytesMax);
}

/** Reads answers that are lists of conversations: each record is flattened and encoded as soon as its bytes are there. */
export class PageReader {
  readonly #memory: MemoryGate;
  #expectedBytes = pageBytesFirst;

  constructor(memory: MemoryGate) {
    this.#memory = memory;
  }

  /** Makes the call and takes its answer in. Live work (priority 0) does not wait for memory. Throws what the call throws. */
  async read<Answer extends ApiAnswer<DetailsPage>>(
    call: CallOptions & { readonly signal: AbortSignal; readonly priority: number },
    send: (call: CallOptions) => Promise<Answer>,
  ): Promise<ReadPage<Answer>> {
    const enter = () => this.#memory.enter(this.#expectedBytes, { signal: call.signal, isUrgent: call.priority === 0 });
    const sink = new ConversationSink(enter);
    try {
      const answer = await send({ ...call, records: sink });
      // Where the list could not be located in the bytes, it is in the body.
      if (Array.isArray(answer.body.conversations)) for (const record of answer.body.conversations) sink.add(record);
      this.#expect(sink.bytes);
      return { answer, recordCount: sink.count, page: (facts) => sink.page(facts), drop: () => sink.drop() };
    } catch (error) {
      sink.drop();
      throw error;
    }
  }

  #expect(bytes: number): void {
    this.#expectedBytes = Math.max(bytes, Math.round(this.#expectedBytes * expectedShare));
  }
}

class ConversationSink implements RecordSink {
  readonly #enter: () => Promise<HeldMemory>;
  #held: HeldMemory | undefined;
  #conversations: FlatConversation[] = [];
  #rejects: Reject[] = [];
  #bytes = 0;

  constructor(enter: () => Promise<HeldMemory>) {
    this.#enter = enter;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#conversations.length + this.#rejects.length;
  }

  async begin(): Promise<void> {
    this.#held = await this.#enter();
  }

  /** Adds a record; one that cannot be stored becomes a reject instead of failing the page. */
  add(record: unknown): void {
    const flat = flattenOrReject(record);
    if ('reason' in flat) this.#rejects.push(flat);
    else this.#conversations.push(flat);
    this.#bytes += 'reason' in flat ? flat.record.length : bytesOf(flat);
    this.#held?.grow(this.#bytes);
  }

  drop(): void {
    this.#conversations = [];
    this.#rejects = [];
    this.#bytes = 0;
    this.#held?.release();
  }

  page(facts: { readonly asOf: Date; readonly cursor: Json }): Page {
    const held = this.#held;
    return {
      ...facts,
      batches: [{ kind: 'conversations', conversations: this.#conversations }],
      rejects: this.#rejects,
      recordCount: this.count,
      ...(held && { memory: held }),
    };
  }
}

function bytesOf({ bytes, attributes = [] }: FlatConversation): number {
  return bytes.length + recordBytes + attributes.length * attributeBytes;
}
