import { ApiError, asError, LakeError, OutageError, UsageError } from '../../lib/errors.js';
import { describeSystemError } from '../../lib/system-errors.js';
import { describeMissingSchema } from '../../postgres/connection/errors.js';
import { describeLoss } from '../../postgres/connection/lost.js';

/**
 * One sentence for a person about an error that explains itself: a mistake in the settings, an answer of the API, a database that is gone.
 * A stack would only bury it. Undefined for every other error.
 */
function sentenceOf(error: unknown): string | undefined {
  const isSentence = [UsageError, ApiError, LakeError, OutageError].some((kind) => error instanceof kind);
  if (isSentence) return (error as Error).message;
  return describeLoss(error) ?? describeMissingSchema(error) ?? describeSystemError(error);
}

/** Returns the fields that a log line has for an error: its sentence, or the whole error where it was not expected. */
export function errorFacts(thrown: unknown): { readonly reason: string } | { readonly error: Error } {
  const reason = sentenceOf(thrown);
  return reason === undefined ? { error: asError(thrown) } : { reason };
}
