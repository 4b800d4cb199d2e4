import { ApiError, asError, LakeError, OutageError, UsageError } from '../../lib/errors.js';
import { describeSystemError } from '../../lib/system-errors.js';
import { describeMissingSchema } from '../../postgres/connection/errors.js';
import { describeLoss } from '../../postgres/connection/lost.js';

/**
 * Returns one sentence for an expected error: a configuration error, a response of the API, an
 * unavailable database. A stack trace would only bury it. Undefined for every other error.
 */
function sentenceOf(error: unknown): string | undefined {
  const isSentence = [UsageError, ApiError, LakeError, OutageError].some((kind) => error instanceof kind);
  if (isSentence) return (error as Error).message;
  return describeLoss(error) ?? describeMissingSchema(error) ?? describeSystemError(error);
}

/** Returns the log fields of an error: its sentence, or the whole error if it was unexpected. */
export function errorFacts(thrown: unknown): { readonly reason: string } | { readonly error: Error } {
  const reason = sentenceOf(thrown);
  return reason === undefined ? { error: asError(thrown) } : { reason };
}
