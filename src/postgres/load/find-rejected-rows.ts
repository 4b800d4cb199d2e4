import type pg from 'pg';
import { type LoadContext, loadConversations } from './conversations.js';
import type { IncomingConversation } from './conversations-merge.js';

/** Matches SQLSTATE classes caused by data: data exception, integrity constraint violation other than a unique key, program limit exceeded. */
const dataErrors = /^(?:22|23(?!505)|54)/;

const checkViolation = '23514';

/** Returns true when the server rejects a value, which a retry cannot change. A missing partition raises the same class but is not a data error. */
export function isDataError(error: unknown): error is Error & { code: string } {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  if (code === checkViolation && constraint === undefined) return false;
  return typeof code === 'string' && dataErrors.test(code);
}

/**
 * Returns true when the cause is the database (a setting, a missing object) and not the records: all of several are rejected with the
 * same SQLSTATE.
 */
export function isDatabaseFault(refused: readonly Refused[], recordCount: number): boolean {
  return recordCount > 1 && refused.length === recordCount && new Set(refused.map(({ code }) => code)).size === 1;
}

export interface Refused {
  readonly arrival: IncomingConversation;
  readonly reason: string;
  /** SQLSTATE. */
  readonly code: string;
}

/**
 * Finds the conversations that the server rejects, by halving: the last resort against a value that flattening let through. Loads and
 * rolls back; `client` is outside any transaction before and after. Costs about two loads of the batch for one bad record.
 */
export async function findRefused(
  client: pg.ClientBase,
  conversations: readonly IncomingConversation[],
  context: LoadContext,
): Promise<Refused[]> {
  if (conversations.length === 0) return [];
  const error = await refusal(client, conversations, context);
  if (error === undefined) return [];
  const [only] = conversations;
  const reason = `Rejected by Postgres: ${error.message} (SQLSTATE ${error.code}).`;
  if (conversations.length === 1 && only !== undefined) return [{ arrival: only, reason, code: error.code }];
  const middle = Math.ceil(conversations.length / 2);
  return [
    ...(await findRefused(client, conversations.slice(0, middle), context)),
    ...(await findRefused(client, conversations.slice(middle), context)),
  ];
}

async function refusal(
  client: pg.ClientBase,
  conversations: readonly IncomingConversation[],
  context: LoadContext,
): Promise<(Error & { code: string }) | undefined> {
  await client.query('begin');
  try {
    await loadConversations(client, conversations, context);
    return undefined;
  } catch (error) {
    if (!isDataError(error)) throw error;
    return error;
  } finally {
    await client.query('rollback');
  }
}
