/** Checks the lake that `run` keeps current: the store can be reached, written and creates a file only once. */
import type { Config } from '../../config/config.js';
import { asError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';
import type { CommandContext } from '../app/command.js';
import { openLake } from '../lake/open-lake.js';
import { type Check, checksOf } from './check.js';
import { freeSpace } from './disk.js';

const { ok, warning } = checksOf('lake');
/** A person is waiting; an export waits longer. */
const waitMsMax = 30 * secondMs;

/**
 * Creates a small file in the lake twice and deletes it. Returns no checks where no lake is
 * configured. A failure is a warning, because `run` continues without the lake.
 */
export async function checkLake(context: CommandContext, { lake }: Pick<Config, 'lake'>): Promise<Check[]> {
  if (lake === undefined) return [];
  const limit = AbortSignal.timeout(waitMsMax);
  try {
    const bounded = { ...context, signal: AbortSignal.any([context.signal, limit]) };
    const { address } = await openLake(bounded, lake.url, true);
    return [ok('store', `${address} can be written and creates a file only once`), ...(await spaceOf(address))];
  } catch (error) {
    context.signal.throwIfAborted();
    return [warning('store', failureText(lake.url, limit, error), 'Correct GENESYS_WAREHOUSE_LAKE_URL or the store.')];
  }
}

function failureText(url: string, limit: AbortSignal, error: unknown): string {
  if (limit.aborted) return `${withoutCredentials(url)} does not answer within ${waitMsMax / secondMs} s`;
  return asError(error).message;
}

/** Returns the address for people; one with credentials in it is refused before it is asked. */
function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/@]*:[^/@]*@/, '//');
}

/** Free space is known for folders only. */
async function spaceOf(address: string): Promise<Check[]> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(address)) return [];
  return [await freeSpace({ area: 'lake', directory: address, isNeeded: true })];
}
