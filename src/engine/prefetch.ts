/**
 * Runs a generator ahead of its consumer so that fetching the next page overlaps storing this one.
 * Holds at most `weightMax` of unconsumed weight (and always one item), so memory does not depend
 * on the length of the range. Errors arrive in order, after the items before them.
 */
export async function* prefetch<T>(
  source: AsyncGenerator<T, void, void>,
  weightOf: (item: T) => number,
  weightMax: number,
): AsyncGenerator<T, void, void> {
  const buffer: T[] = [];
  let weight = 0;
  let finished = false;
  let failure: { readonly error: unknown } | undefined;
  let abandoned = false;
  let wakeProducer: () => void = () => {};
  let wakeConsumer: () => void = () => {};

  const produce = async (): Promise<void> => {
    try {
      for await (const item of source) {
        buffer.push(item);
        weight += weightOf(item);
        wakeConsumer();
        while (weight >= weightMax && buffer.length > 0 && !abandoned) {
          await new Promise<void>((resolve) => {
            wakeProducer = resolve;
          });
        }
        if (abandoned) return;
      }
    } catch (error) {
      failure = { error };
    } finally {
      finished = true;
      wakeConsumer();
    }
  };

  const producing = produce();
  try {
    for (;;) {
      const item = buffer.shift();
      if (item !== undefined) {
        weight -= weightOf(item);
        wakeProducer();
        yield item;
      } else if (finished) {
        if (failure !== undefined) throw failure.error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          wakeConsumer = resolve;
        });
      }
    }
  } finally {
    abandoned = true;
    wakeProducer();
    await producing;
  }
}
