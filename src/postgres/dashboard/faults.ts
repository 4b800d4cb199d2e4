import { asError } from '../../lib/errors.js';
import { MartTimeoutError, MartUnavailableError } from '../../model/mart-query.js';
import { describeLoss } from '../connection/lost.js';

const statementTimeout = '57014';
/** SQLSTATE of a federated database whose message names the missing member. */
const missingMember = 'HV00N';
const noSuchColumn = ['42P01', '42703', '42501'];

/** Translates an error of the database's availability into one of the page; returns every other error unchanged. */
export function asMartError(thrown: unknown): Error {
  const error = asError(thrown) as Error & { code?: string };
  if (error.code === statementTimeout)
    return new MartTimeoutError('The query took too long. Choose a shorter span or fewer queues.', { cause: error });
  if (error.code === missingMember) return new MartUnavailableError(error.message, { cause: error });
  if (noSuchColumn.includes(error.code ?? ''))
    return new MartUnavailableError(
      'The marts have another version than this page, or its role may not read them. Run genesys-warehouse migrate, and restart.',
      { cause: error },
    );
  if (describeLoss(error) !== undefined)
    return new MartUnavailableError('The database does not answer. The data shown may be outdated.', { cause: error });
  return error;
}
