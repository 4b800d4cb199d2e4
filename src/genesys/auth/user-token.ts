import { ApiError, UsageError } from '../../lib/errors.js';
import { minuteMs, secondMs } from '../../lib/interval.js';
import type { Connection } from '../client.js';
import type { Exchange } from '../http/sdk-transport.js';
import type { Operation } from '../request/operation.js';
import type { GrantedTokens, WriteCredentials } from '../write-api.js';
import type { Token } from './session.js';
import { readTokenFile, type StoredToken, withTokenLock, writeTokenFile } from './token-file.js';

export type UserCredentials = Extract<WriteCredentials, { kind: 'user' }>;

export const userLoginOperation: Operation = { name: 'user login', kind: 'login', isWriter: true };
const loginAgain = 'run "genesys-warehouse wrapup login" again';
/** A token that expires sooner than this is renewed instead of used. */
const marginMs = minuteMs;

/**
 * Provides a user's token from the file, renewed with its refresh token if it is about to expire or
 * was refused. Each refresh token works once: the new one is on disk before the access token is
 * used, and processes that share the file take turns.
 */
export class UserGrant {
  readonly #credentials: UserCredentials;
  /** The last access token that was returned: when another is requested, this one was refused or has expired. */
  #used: string | undefined;

  constructor(credentials: UserCredentials) {
    this.#credentials = credentials;
  }

  login(open: Connection): Promise<Token> {
    return withTokenLock(this.#credentials.tokenFile, open, async () => {
      const stored = await this.#stored(open);
      const isUsable = stored.accessToken !== this.#used && stored.expiresAtMs - open.now().getTime() > marginMs;
      return isUsable ? this.#use(open, stored) : this.#renew(open, stored);
    });
  }

  #use(open: Connection, stored: StoredToken): Token {
    this.#used = stored.accessToken;
    for (const secret of [stored.accessToken, stored.refreshToken]) open.redactor.add(secret);
    open.sdk.use(stored.accessToken);
    return { value: stored.accessToken, lifetimeMs: stored.expiresAtMs - open.now().getTime() };
  }

  async #renew(open: Connection, stored: StoredToken): Promise<Token> {
    open.redactor.add(stored.refreshToken);
    const form = { grant_type: 'refresh_token', refresh_token: stored.refreshToken };
    const granted = await grantedBy(open, this.#credentials, form).catch((error: unknown) => {
      throw refusedRefresh(error, this.#credentials.tokenFile);
    });
    const renewed = toStored(granted, stored, open.now());
    await writeTokenFile(this.#credentials.tokenFile, renewed);
    return this.#use(open, renewed);
  }

  async #stored(open: Connection): Promise<StoredToken> {
    const { tokenFile, clientId } = this.#credentials;
    const stored = await readTokenFile(tokenFile);
    if (stored === undefined)
      throw new UsageError(`${tokenFile} is gone; ${loginAgain}, or set GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET.`);
    if (stored.clientId !== clientId)
      throw new UsageError(
        `${tokenFile} holds a login of another OAuth client than GENESYS_WAREHOUSE_WRITE_CLIENT_ID; ${loginAgain}.`,
      );
    if (stored.loginUrl !== open.sdk.endpoint.loginUrl)
      throw new UsageError(
        `${tokenFile} holds a login at ${stored.loginUrl}, not at ${open.sdk.endpoint.loginUrl}; ${loginAgain}.`,
      );
    return stored;
  }
}

/**
 * POST /oauth/token. The SDK's own grants are not used: one drops the refresh token, the other
 * makes the SDK renew tokens on its own.
 */
export async function grantedBy(
  open: Connection,
  credentials: Pick<UserCredentials, 'clientId' | 'clientSecret'>,
  form: Readonly<Record<string, string>>,
): Promise<GrantedTokens> {
  const { clientId, clientSecret } = credentials;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  let granted: GrantedTokens = {};
  await open.tokenBy(userLoginOperation, async (sdk, _exchange: Exchange) => {
    const answer = await open.wire.send({
      url: `${sdk.endpoint.loginUrl}/oauth/token`,
      method: 'POST',
      ...(clientSecret !== undefined && { headers: { authorization: `Basic ${basic}` } }),
      // A client without a secret identifies itself in the form.
      data: new URLSearchParams({ ...form, ...(clientSecret === undefined && { client_id: clientId }) }).toString(),
    });
    granted = answer.data as GrantedTokens;
    return { value: granted.access_token ?? '', lifetimeMs: lifetimeMs(granted) };
  });
  return granted;
}

/** Converts granted tokens to the stored form. Keeps the refresh token when no new one was granted. */
export function toStored(granted: GrantedTokens, before: Omit<StoredToken, 'accessToken' | 'expiresAtMs'>, now: Date) {
  return {
    ...before,
    refreshToken: granted.refresh_token ?? before.refreshToken,
    accessToken: granted.access_token ?? '',
    expiresAtMs: now.getTime() + lifetimeMs(granted),
  };
}

function lifetimeMs(granted: GrantedTokens): number {
  return (typeof granted.expires_in === 'number' ? granted.expires_in : 0) * secondMs;
}

function refusedRefresh(error: unknown, tokenFile: string): unknown {
  if (!(error instanceof ApiError) || error.facts.status === undefined || error.facts.status >= 429) return error;
  const message = `${error.message} The login in ${tokenFile} is no longer accepted; ${loginAgain}.`;
  return new ApiError(message, error.facts, { cause: error });
}
