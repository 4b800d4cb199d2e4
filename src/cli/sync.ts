import { sync } from '../engine/sync.js';
import type { CommandContext } from './app/command.js';
import { recordRun, syncContext } from './app/record-run.js';
import { withApi } from './app/with-open.js';
import { reconcilePulledDays } from './reconcile.js';

/**
 * Plans every stream, pulls everything that is due, compares new days, then ends. Slices that
 * failed before are retried once.
 */
export async function syncCommand(
  context: CommandContext,
  options: { readonly stream: readonly string[]; readonly failOnDeadLetters: boolean },
): Promise<number> {
  return withApi(context, async (opened) => {
    const engine = syncContext(context, opened, options.stream);
    const work = async () => {
      const summary = await sync(engine, { retryFailed: true });
      await reconcilePulledDays(opened.pool, context, opened.log);
      return summary;
    };
    return await recordRun('sync', context, opened, work, { failsOnDeadLetters: options.failOnDeadLetters });
  });
}
