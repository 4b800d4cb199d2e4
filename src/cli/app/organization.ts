import { createHash } from 'node:crypto';
import type { ApiConfig } from '../../config/config.js';
import type { JsonObject } from '../../genesys/api.js';
import type { GenesysWriteApi } from '../../genesys/write-api.js';
import { ApiError, apiOutage, UsageError } from '../../lib/errors.js';
import { dayMs } from '../../lib/interval.js';
import { inTransaction } from '../../postgres/connection/transaction.js';
import { keepOrganization, type Organization, readOrganization } from '../../postgres/ledger/organization.js';
import type { OpenedWithApi } from './open.js';

/** The name may change; the identity never does. */
const nameKeptMs = dayMs;
const nameCharactersMax = 200;
const digestCharacters = 16;

type Parts = Pick<OpenedWithApi, 'api' | 'pool' | 'log' | 'clock' | 'config'>;

/** Credentials whose organisation is to be checked. */
interface Credentials {
  readonly clientId: string;
  readonly organization: () => Promise<{ readonly body: JsonObject }>;
}

/**
 * Ensures that the credentials belong to the organisation whose data the database holds, before
 * anything is pulled: data of two organisations could never be separated. Asks the API when the
 * credentials are new to the database, and once a day for the name. Throws UsageError for another
 * organisation's credentials, and the API's error where new credentials cannot be checked.
 */
export async function settleOrganization(parts: Parts): Promise<void> {
  const { api, config } = parts;
  await settle(parts, {
    clientId: config.api.clientId,
    organization: () => api.organization({ priority: 0 }),
  });
}

/**
 * Ensures that both the credentials for reading and those for writing belong to the database's
 * organisation: decisions about one organisation's conversations must not be written to another.
 * Throws as `settleOrganization`.
 */
export async function settleWriter(
  parts: Parts,
  writer: { readonly api: Pick<GenesysWriteApi, 'organization'>; readonly clientId: string },
): Promise<void> {
  await settleOrganization(parts);
  await settle(parts, { clientId: writer.clientId, organization: () => writer.api.organization() });
}

async function settle(
  { pool, log, clock, config }: Omit<Parts, 'api'>,
  { clientId, organization }: Credentials,
): Promise<void> {
  const stored = await readOrganization(pool);
  const client = digestOf(clientId, config.api);
  const isKnown = stored?.clients.includes(client) ?? false;
  if (isKnown && clock.now().getTime() - (stored?.checkedAt.getTime() ?? 0) < nameKeptMs) return;
  const found = await organization().then(
    ({ body }) => organizationIn(body),
    (error: unknown) => error,
  );
  if (isOrganization(found)) {
    const kept = await inTransaction(pool, (on) => keepOrganization(on, found, { client, at: clock.now() }));
    if (kept !== found.id) throw otherOrganization(kept, stored?.name ?? null, found);
    return;
  }
  if (apiOutage(found) !== undefined) throw found;
  // Credentials that were checked before stay valid; an empty database accepts any credentials.
  if (isKnown || stored === undefined) return;
  if (!isRefused(found)) throw found;
  log.warn({ organization: stored.id }, 'Organization of new credentials cannot be checked');
}

/** Hashes the credentials, so that a database does not reveal which ones filled it. */
function digestOf(clientId: string, { apiUrl, region }: ApiConfig): string {
  return createHash('sha256')
    .update(`${clientId} ${apiUrl ?? region ?? ''}`)
    .digest('hex')
    .slice(0, digestCharacters);
}

function organizationIn({ id, name }: JsonObject): Organization | undefined {
  if (typeof id !== 'string' || id === '') return undefined;
  return { id: id.toLowerCase(), name: typeof name === 'string' ? name.slice(0, nameCharactersMax) : null };
}

function isOrganization(found: unknown): found is Organization {
  return found !== undefined && !(found instanceof Error);
}

/** Returns true when the permission is missing, or the response does not name the organisation. */
function isRefused(found: unknown): boolean {
  const status = found instanceof ApiError ? (found.facts.status ?? 0) : 0;
  return found === undefined || (status >= 400 && status < 500);
}

function otherOrganization(keptId: string, keptName: string | null, found: Organization): UsageError {
  const of = (id: string, name: string | null) => (name === null ? id : `${name} (${id})`);
  return new UsageError(
    `The database holds the organisation ${of(keptId, keptName)}, and the OAuth client belongs to ${of(found.id, found.name)}. Use a database of its own for each organisation (DATABASE_URL), or the first one's OAuth client.`,
  );
}
