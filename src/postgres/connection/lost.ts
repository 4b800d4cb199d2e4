import { ApiError, asError, OutageError } from '../../lib/errors.js';

const remedy = 'Unstored data stays pending; the next run resumes from the last checkpoint.';

/**
 * Sentences by Postgres' or Node's own code; the first match applies.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const losses: readonly (readonly [RegExp, string])[] = [
  [/^57P05$/, 'the database ended an idle session (idle-session timeout)'],
  [/^57P0|^08|^EPIPE$|^ECONNRESET$|^ETIMEDOUT$|^EHOST|^ENET/, 'the connection to the database was lost'],
  [/^ECONNREFUSED$|^ENOTFOUND$|^EAI_AGAIN$/, 'the database cannot be reached'],
  [/^53100$/, 'the disk of the database is full'],
  [/^53200$/, 'the database is out of memory'],
  [/^53300$/, 'the database has no free connection slots (max_connections)'],
  [/^53/, 'the database lacks resources'],
  [/^58/, 'the database cannot read or write its files'],
  [/^57014$/, 'a statement exceeded the statement timeout'],
  [/^55P03$/, 'another session held a lock beyond the lock timeout'],
  [/^25P0[23]$/, 'the database ended an idle transaction (idle-in-transaction timeout)'],
  [/^25P04$/, 'the database ended a transaction that exceeded the transaction timeout'],
];
/** Matches messages of the driver that have no code. */
const lossWords =
  /^Connection terminated|^Client has encountered a connection error|^timeout exceeded when trying to connect|^Query read timeout/;
const causesMax = 10;

/** Codes with which the server ends the session, so that the connection is unusable. */
const sessionEnds = /^57P0|^25P0[34]$/;

export function endsSession(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && sessionEnds.test(code);
}

/** Matches losses that are independent of the current work: any other work would have failed as well. */
const losesAll = /^57P0|^08|^E(PIPE|CONN|TIMEDOUT|HOST|NET|NOTFOUND|AI_AGAIN)/;

/** Returns true for a connection that was lost; false for a full disk, a statement that took too long and all other errors. */
export function isLossOfAll(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && losesAll.test(code)) || lossWords.test(error.message);
}

/** Keeps the error with which the server, or the network, ended a connection; the driver says only that it is unusable afterwards. */
const endings = new WeakMap<object, Error>();

/** Keeps the first reason why `client` has ended, for `reasonOf`. */
export function noteEnding(client: object, error: Error): void {
  if (!endings.has(client)) endings.set(client, error);
}

/** Returns why the connection has ended where `error` says only that it has; every other error as it is. */
export function reasonOf(client: object, error: unknown): unknown {
  const isEndOnly = error instanceof Error && lossWords.test(error.message);
  return (isEndOnly && endings.get(client)) || error;
}

/**
 * Describes in one sentence, without a stack, an error that the database caused and not the program. Keeps what the error's message says
 * first, e.g. which slice is concerned. Returns undefined for every other error.
 */
export function describeLoss(thrown: unknown): string | undefined {
  for (const cause of causesOf(thrown)) {
    const loss = lossOf(cause);
    if (loss !== undefined) return sentence(asError(thrown).message, cause.message, loss);
  }
  return undefined;
}

/** Losses that concern the whole database rather than one statement, by code and by wording. */
const awayCodes = /^57P0[1-3]$|^08|^E(PIPE$|CONN(RESET|REFUSED)$|TIMEDOUT$|HOST|NET|NOTFOUND$|AI_AGAIN$)/;
const awayWords = /is not currently accepting connections$/;

/**
 * Returns the outage of the database that an error indicates; undefined for every other error,
 * including those of the API.
 */
export function databaseOutage(thrown: unknown): OutageError | undefined {
  const causes = causesOf(thrown);
  if (causes.some((cause) => cause instanceof ApiError)) return undefined;
  const away = causes.find(isAway);
  if (away === undefined) return undefined;
  const message = describeLoss(thrown) ?? `The database cannot be reached (${away.message}). ${remedy}`;
  return new OutageError(message, 'database', { cause: thrown });
}

function isAway({ message, code }: Error & { readonly code?: unknown }): boolean {
  const isKnown = typeof code === 'string' && awayCodes.test(code);
  return isKnown || lossWords.test(message) || awayWords.test(message);
}

function causesOf(thrown: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause: unknown = asError(thrown); cause instanceof Error && causes.length < causesMax; cause = cause.cause)
    causes.push(cause);
  return causes;
}

function lossOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown };
  const byCode = typeof code === 'string' ? losses.find(([pattern]) => pattern.test(code))?.[1] : undefined;
  return byCode ?? (lossWords.test(error.message) ? 'the connection to the database was lost' : undefined);
}

function sentence(message: string, detail: string, loss: string): string {
  const about = message.endsWith(detail) ? message.slice(0, -detail.length) : `${message}: `;
  // The first letter of a prefix is kept, because it may be the name of a stream.
  const said = about === '' ? loss.charAt(0).toUpperCase() + loss.slice(1) : `${about}${loss}`;
  return `${said} (${detail}). ${remedy}`;
}
