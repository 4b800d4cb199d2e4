/** Checks the credentials for writing wrap-up codes: they log in and belong to the organisation that is read. */
import type { ConfigWithApi } from '../../config/config.js';
import { readTokenFile } from '../../genesys/auth/token-file.js';
import type { GenesysWriteApi } from '../../genesys/write-api.js';
import { createGenesysWriteApi } from '../../genesys/write-client.js';
import { asError, UsageError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';
import { version } from '../../lib/version.js';
import { type CommandContext, timingOf } from '../app/command.js';
import { apiAddress } from '../app/open.js';
import { tokenFileOf, writeCredentials } from '../wrapup/writer.js';
import { type Check, checksOf } from './check.js';

const { ok, warning } = checksOf('write client');
const waitMsMax = 20 * secondMs;

/**
 * Logs in as the write client and asks for its organisation. Returns no checks where nothing is
 * configured for writing. A failure is a warning, because reading does not depend on it.
 */
export async function checkWriteClient(
  context: CommandContext,
  config: ConfigWithApi,
  organizationId: string | undefined,
): Promise<Check[]> {
  try {
    if (!(await isConfigured(context, config))) return [];
    const { credentials, actor } = await writeCredentials(context, config);
    const api = openApi(context, config, credentials);
    const { body } = await api.organization().finally(() => api.close());
    return [compared(actor.split(' ')[0] ?? '', body.id, organizationId)];
  } catch (error) {
    context.signal.throwIfAborted();
    return [refused(error)];
  }
}

async function isConfigured(context: CommandContext, config: ConfigWithApi): Promise<boolean> {
  return config.write.clientId !== undefined || (await readTokenFile(tokenFileOf(context, config))) !== undefined;
}

function openApi(
  context: CommandContext,
  config: ConfigWithApi,
  credentials: Awaited<ReturnType<typeof writeCredentials>>['credentials'],
): GenesysWriteApi {
  return createGenesysWriteApi({
    credentials,
    ...apiAddress(config.api),
    requestsPerMinute: config.requestsPerMinute,
    userAgentVersion: version,
    waitMsMax,
    timeoutMs: waitMsMax,
    now: context.now,
    ...timingOf(context),
    signal: context.signal,
  });
}

/** Decisions about one organisation must never be written to another; `wrapup apply` refuses that too. */
function compared(kind: string, found: unknown, wanted: string | undefined): Check {
  if (typeof found === 'string' && wanted !== undefined && found.toLowerCase() !== wanted.toLowerCase())
    return warning(
      'login',
      `it belongs to another organisation (${found}) than the OAuth client that reads (${wanted})`,
      'Use a client of the same organisation; wrapup apply refuses this one.',
    );
  return ok('login', `the ${kind} is accepted; its permissions show when a code is written`);
}

function refused(error: unknown): Check {
  const [reason = '', ...advice] = asError(error).message.split(/(?<=[a-z)]\.) (?=[A-Z])/);
  const remedy = error instanceof UsageError ? '' : 'Check GENESYS_WAREHOUSE_WRITE_CLIENT_ID and its secret.';
  return warning('login', reason, advice.join(' ') || remedy || undefined);
}
