import type pg from 'pg';
import type { FlatConversation } from '../../conversation/flatten.js';
import { type LoadContext, loadConversations } from './conversations.js';

/** Classes of SQLSTATE that speak of the data: data exception, integrity constraint violation other than a unique key, program limit exceeded. */
const dataErrors = /^(?:22|23(?!505)|54)/;

/** The server refuses some value, which no second attempt will change. */
export function isDataError(error: unknown): error is Error & { code: string } {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && dataErrors.test(code);
}

export interface Refused {
  readonly flat: FlatConversation;
  readonly reason: string;
}

/**
 * Which of some conversations the server refuses, found by halving: the last resort against a value that flattening let through. Loads and rolls back;
 * `client` is outside any transaction before and after. Costs about two loads of the batch for one bad record.
 */
export async function findRefused(
  client: pg.ClientBase,
  conversations: readonly FlatConversation[],
  context: Omit<LoadContext, 'asOf'>,
): Promise<Refused[]> {
  if (conversations.length === 0) return [];
  const reason = await refusal(client, conversations, context);
  if (reason === undefined) return [];
  const [only] = conversations;
  if (conversations.length === 1 && only !== undefined) return [{ flat: only, reason }];
  const middle = Math.ceil(conversations.length / 2);
  return [
    ...(await findRefused(client, conversations.slice(0, middle), context)),
    ...(await findRefused(client, conversations.slice(middle), context)),
  ];
}

async function refusal(
  client: pg.ClientBase,
  conversations: readonly FlatConversation[],
  context: Omit<LoadContext, 'asOf'>,
): Promise<string | undefined> {
  await client.query('begin');
  try {
    await loadConversations(client, conversations, { ...context, asOf: context.now });
    return undefined;
  } catch (error) {
    if (!isDataError(error)) throw error;
    return `Postgres refuses it: ${error.message} (SQLSTATE ${error.code}).`;
  } finally {
    await client.query('rollback');
  }
}
