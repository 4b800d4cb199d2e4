/** Memory that an entrant holds, from before its bytes arrive until they are stored or dropped. */
export interface HeldMemory {
  /**
   * Corrects the size after more or less has arrived than expected. Never waits: an entrant that
   * has begun must be able to finish.
   */
  resize(bytes: number): void;
  /** Returns all memory; a second call does nothing. */
  release(): void;
  /**
   * Returns true while others wait for room, or half of the memory is in use, so that memory should
   * be released early.
   */
  isWanted(): boolean;
}

interface Waiter {
  readonly bytes: number;
  readonly open: () => void;
}

const wantedShare = 0.5;

/**
 * Limits the bytes that wait to be stored. An entrant states its expected size and waits until
 * there is room; one is always admitted, so that nothing is too large to be read at all. Admitted
 * entrants never wait, so no deadlock is possible.
 */
export class MemoryGate {
  readonly #bytesMax: number;
  readonly #waiters: Waiter[] = [];
  #usedBytes = 0;
  #heldCount = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes currently held, including expected ones. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Number of waiters. */
  get waitingCount(): number {
    return this.#waiters.length;
  }

  /** Resolves when there is room for `bytes`, in order of arrival; an urgent entrant does not wait. Rejects with the signal's reason. */
  async enter(
    bytes: number,
    { signal, isUrgent = false }: { readonly signal: AbortSignal; readonly isUrgent?: boolean },
  ): Promise<HeldMemory> {
    signal.throwIfAborted();
    if (!isUrgent && (this.#waiters.length > 0 || !this.#hasRoom(bytes))) await this.#turn(bytes, signal);
    else this.#take(bytes);
    return this.#held(bytes);
  }

  #hasRoom(bytes: number): boolean {
    return this.#heldCount === 0 || this.#usedBytes + bytes <= this.#bytesMax;
  }

  #take(bytes: number): void {
    this.#heldCount += 1;
    this.#usedBytes += bytes;
  }

  /** Resolves with the bytes taken. */
  #turn(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(signal.reason);
        this.#letIn();
      };
      const waiter: Waiter = {
        bytes,
        open: () => {
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiters.push(waiter);
    });
  }

  #letIn(): void {
    for (let first = this.#waiters[0]; first && this.#hasRoom(first.bytes); first = this.#waiters[0]) {
      this.#waiters.shift();
      this.#take(first.bytes);
      first.open();
    }
  }

  #held(expectedBytes: number): HeldMemory {
    let bytes = expectedBytes;
    let isReleased = false;
    return {
      resize: (toBytes) => {
        if (isReleased) return;
        this.#usedBytes += toBytes - bytes;
        bytes = toBytes;
        this.#letIn();
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#usedBytes -= bytes;
        this.#heldCount -= 1;
        this.#letIn();
      },
      isWanted: () => this.#waiters.length > 0 || this.#usedBytes >= this.#bytesMax * wantedShare,
    };
  }
}
