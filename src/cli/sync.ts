import { sync } from '../engine/sync.js';
import type { CommandContext } from './app/command.js';
import { openWithApi } from './app/open.js';
import { asRun, syncContext } from './app/record-run.js';
import { reconcilePulledDays } from './reconcile.js';

/** Plans what every stream owes by now, pulls everything that is due, compares what came, then ends. Slices that failed before get one try. */
export async function syncCommand(
  context: CommandContext,
  options: { readonly stream: readonly string[] },
): Promise<number> {
  const opened = await openWithApi(context);
  try {
    const engine = syncContext(context, opened, options.stream);
    return await asRun('sync', context, opened, async () => {
      const summary = await sync(engine, { retryFailed: true });
      await reconcilePulledDays(opened.pool, context, opened.log);
      return summary;
    });
  } finally {
    await opened.close();
  }
}
