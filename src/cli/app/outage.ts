import { apiOutage, type OutageError } from '../../lib/errors.js';
import { databaseOutage } from '../../postgres/connection/lost.js';

/** Returns the outage of Genesys Cloud or of the database that an error indicates; undefined for every other error. */
export function outageOf(error: unknown): OutageError | undefined {
  return apiOutage(error) ?? databaseOutage(error);
}
