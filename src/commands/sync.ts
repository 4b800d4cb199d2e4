import { sync } from '../engine/sync.js';
import type { CommandContext } from './context.js';
import { asRun, syncContext } from './extraction.js';
import { openWithApi } from './open.js';

/** Plans what every stream owes by now, pulls everything that is due, then ends. Slices that failed before get one try. */
export async function syncCommand(
  context: CommandContext,
  options: { readonly stream: readonly string[] },
): Promise<number> {
  const opened = await openWithApi(context);
  try {
    const engine = syncContext(context, opened, options.stream);
    return await asRun('sync', context, opened, () => sync(engine, { retryFailed: true }));
  } finally {
    await opened.close();
  }
}
