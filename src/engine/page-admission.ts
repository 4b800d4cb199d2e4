import type { HeldMemory, MemoryGate } from '../lib/memory-gate.js';
import type { Page, Stream } from '../model/extraction.js';

/** Generous estimate of the memory of a row, including its share of the text from which the page was parsed. */
const rowBytes = 1_024;
/** Estimate of a stream's page size before the first page. */
const pageBytesFirst = 1024 * 1024;
/**
 * A page is expected to be as large as the largest recent one; this factor is applied to that
 * maximum after each page.
 */
const expectedShare = 0.9;

/**
 * Admits pages as memory allows: a page that is read as a whole is requested only when there is
 * room for its expected size.
 */
export class PageAdmission {
  readonly #memory: MemoryGate;
  readonly #expectedBytes = new Map<string, number>();

  constructor(memory: MemoryGate) {
    this.#memory = memory;
  }

  /**
   * Yields the pages of `source` with their memory. Each is added to `held` before it is yielded,
   * so that its memory is always released.
   */
  async *admit(
    stream: Stream,
    source: AsyncGenerator<Page, void, void>,
    held: Set<Page>,
    options: { readonly signal: AbortSignal; readonly isUrgent: boolean },
  ): AsyncGenerator<Page, void, void> {
    try {
      for (;;) {
        const page = stream.isRecordWise ? await nextOf(source) : await this.#readWhole(stream.name, source, options);
        if (page === null) return;
        held.add(page);
        yield page;
      }
    } finally {
      await source.return();
    }
  }

  async #readWhole(
    name: string,
    source: AsyncGenerator<Page, void, void>,
    options: { readonly signal: AbortSignal; readonly isUrgent: boolean },
  ): Promise<Page | null> {
    const memory = await this.#memory.enter(this.#expectedBytes.get(name) ?? pageBytesFirst, options);
    const page = await nextOf(source).catch((error: unknown) => {
      memory.release();
      throw error;
    });
    if (page === null) memory.release();
    return page === null ? null : this.#withMemory(name, page, memory);
  }

  #withMemory(name: string, page: Page, memory: HeldMemory): Page {
    const bytes = rowCount(page) * rowBytes;
    this.#expectedBytes.set(name, Math.max(bytes, (this.#expectedBytes.get(name) ?? 0) * expectedShare));
    memory.resize(bytes);
    const release = () => {
      memory.release();
      page.memory?.release();
    };
    return { ...page, memory: { isWanted: () => memory.isWanted(), release } };
  }
}

async function nextOf(source: AsyncGenerator<Page, void, void>): Promise<Page | null> {
  const next = await source.next();
  return next.done ? null : next.value;
}

function rowCount({ batches, recordCount }: Page): number {
  const rows = batches.reduce((sum, batch) => sum + (batch.kind === 'conversations' ? 0 : batch.rows.length), 0);
  return Math.max(rows, recordCount);
}
