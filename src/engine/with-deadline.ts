/**
 * Yields the items of `source` as they come and, between them, `late` every `delayMs`: a consumer
 * that gathers items never waits indefinitely with those that it already has. Errors of the source
 * pass through.
 */
export async function* withDeadline<T>(
  source: AsyncGenerator<T, void, void>,
  delayMs: number,
): AsyncGenerator<T | 'late', void, void> {
  const deadline = new Deadline(delayMs);
  let pending: Promise<IteratorResult<T, void>> | undefined;
  try {
    for (;;) {
      pending ??= source.next();
      const next = await Promise.race([pending, deadline.late]);
      if (next === 'late') {
        deadline.restart();
        yield 'late';
        continue;
      }
      pending = undefined;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    deadline.stop();
    // A source that is still producing its next item ends afterwards; nobody is left to receive its
    // error.
    pending?.catch(() => {});
    await source.return();
  }
}

class Deadline {
  readonly #delayMs: number;
  #timer: NodeJS.Timeout | undefined;
  late!: Promise<'late'>;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
    this.restart();
  }

  restart(): void {
    this.stop();
    this.late = new Promise((resolve) => {
      this.#timer = setTimeout(() => resolve('late'), this.#delayMs);
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
