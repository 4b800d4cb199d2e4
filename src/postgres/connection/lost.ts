import { ApiError, asError, OutageError } from '../../lib/errors.js';

const stillOwed = 'What is not stored yet stays owed; the next run goes on behind the last commit.';

/** By Postgres' or Node's own code; the first that fits. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const losses: readonly (readonly [RegExp, string])[] = [
  [/^57P0|^08|^EPIPE$|^ECONNRESET$|^ETIMEDOUT$|^EHOST|^ENET/, 'the connection to the database was lost'],
  [/^ECONNREFUSED$|^ENOTFOUND$|^EAI_AGAIN$/, 'the database cannot be reached'],
  [/^53100$/, 'the disk of the database is full'],
  [/^53200$/, 'the database is out of memory'],
  [/^53300$/, 'the database has no connection to spare'],
  [/^53/, 'the database lacks resources'],
  [/^58/, 'the database cannot read or write its files'],
  [/^57014$/, 'a statement took longer than it may'],
  [/^55P03$/, 'somebody else held a lock for too long'],
  [/^25P0[23]$/, 'the database ended a transaction that stood still'],
];
/** Where the driver gives no code, there is only its wording to go by. */
const lossWords =
  /^Connection terminated|^Client has encountered a connection error|^timeout exceeded when trying to connect|^Query read timeout/;
const causesMax = 10;

/**
 * One sentence for a person when the database failed underneath a run, which is no mistake of the program and needs no stack; undefined for
 * every other error. What the error itself says in front, e.g. which slice it concerns, stays.
 */
export function describeLoss(thrown: unknown): string | undefined {
  for (const cause of causesOf(thrown)) {
    const loss = lossOf(cause);
    if (loss !== undefined) return sentence(asError(thrown).message, cause.message, loss);
  }
  return undefined;
}

/** Of the losses, those that concern the whole database rather than one statement, by code and by wording. */
const awayCodes = /^57P0[1-3]$|^08|^E(PIPE$|CONN(RESET|REFUSED)$|TIMEDOUT$|HOST|NET|NOTFOUND$|AI_AGAIN$)/;
const awayWords = /is not currently accepting connections$/;

/** Returns the outage that an error tells of when the database is away; undefined for every other error, also one of the API. */
export function databaseOutage(thrown: unknown): OutageError | undefined {
  const causes = causesOf(thrown);
  if (causes.some((cause) => cause instanceof ApiError)) return undefined;
  const away = causes.find(isAway);
  if (away === undefined) return undefined;
  const message = describeLoss(thrown) ?? `The database cannot be reached (${away.message}). ${stillOwed}`;
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
  // What stands in front keeps its first letter: it may be the name of a stream.
  const said = about === '' ? loss.charAt(0).toUpperCase() + loss.slice(1) : `${about}${loss}`;
  return `${said} (${detail}). ${stillOwed}`;
}
