import { resolve } from 'node:path';
import type { ConfigWithApi } from '../../config/config.js';
import { readTokenFile } from '../../genesys/auth/token-file.js';
import type { GenesysWriteApi, WriteCredentials } from '../../genesys/write-api.js';
import { createGenesysWriteApi } from '../../genesys/write-client.js';
import { UsageError } from '../../lib/errors.js';
import { minuteMs } from '../../lib/interval.js';
import type { Log } from '../../lib/log.js';
import { version } from '../../lib/version.js';
import type { Budgets } from '../app/budgets.js';
import { type CommandContext, timingOf } from '../app/command.js';
import { apiAddress, type OpenedWithApi } from '../app/open.js';
import { settleWriter } from '../app/organization.js';

/** Longest time that one call may wait for the API before the run ends; shorter than a claim of the ledger. */
export const waitMsMax = 4 * minuteMs;
export const requestTimeoutMs = minuteMs / 2;

export interface Writer {
  readonly api: GenesysWriteApi;
  /** Name of the writer in the ledger. */
  readonly actor: string;
  readonly clientId: string;
}

export function tokenFileOf(context: CommandContext, config: ConfigWithApi): string {
  return resolve(context.directory, config.write.tokenFile);
}

/** Opens the client for writing. Throws a UsageError with the remedy where there are no credentials for it. */
export async function openWriter(
  context: CommandContext,
  { config, log, budgets }: { readonly config: ConfigWithApi; readonly log: Log; readonly budgets: Budgets },
): Promise<Writer> {
  const { credentials, actor } = await writeCredentials(context, config);
  const api = createGenesysWriteApi({
    credentials,
    ...apiAddress(config.api),
    requestsPerMinute: config.requestsPerMinute,
    budget: budgets.of(credentials.clientId),
    userAgentVersion: version,
    waitMsMax,
    timeoutMs: requestTimeoutMs,
    now: context.now,
    ...timingOf(context),
    signal: context.signal,
    onRequest: (report) => log.debug(report, 'Request'),
  });
  return { api, actor, clientId: credentials.clientId };
}

/** Opens the client for writing and checks that it belongs to the organisation whose data the database holds. */
export async function openCheckedWriter(context: CommandContext, opened: OpenedWithApi): Promise<Writer> {
  const writer = await openWriter(context, opened);
  try {
    await settleWriter(opened, writer);
    return writer;
  } catch (error) {
    await writer.api.close();
    throw error;
  }
}

/**
 * Returns the login of a user if this client has one, because Genesys accepts some codes only from
 * users; else the client's own credentials.
 */
export async function writeCredentials(
  context: CommandContext,
  config: ConfigWithApi,
): Promise<{ readonly credentials: WriteCredentials; readonly actor: string }> {
  const { clientId, clientSecret } = config.write;
  const tokenFile = tokenFileOf(context, config);
  const stored = await readTokenFile(tokenFile);
  if (stored !== undefined && (clientId === undefined || clientId === stored.clientId)) {
    const secret = clientSecret === undefined ? {} : { clientSecret };
    const credentials = { kind: 'user', clientId: stored.clientId, tokenFile, ...secret } as const;
    return { credentials, actor: `user ${stored.userName ?? stored.userId ?? 'unknown'}` };
  }
  if (clientId !== undefined && clientSecret !== undefined)
    return { credentials: { kind: 'client', clientId, clientSecret }, actor: `client ${clientId}` };
  throw new UsageError(
    'Credentials for writing to Genesys are missing. Set GENESYS_WAREHOUSE_WRITE_CLIENT_ID and GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET, or set the first and run "genesys-warehouse wrapup login".',
  );
}
