import type { StoredToken } from './auth/token-file.js';
import { grantedBy, toStored, type UserCredentials, UserGrant } from './auth/user-token.js';
import { type Connection, openConnection } from './client.js';
import { createListings } from './endpoints/directory-endpoints.js';
import { createWriteOperations } from './endpoints/wrapup-endpoints.js';
import type { Operation } from './request/operation.js';
import type { GenesysWriteApi, GenesysWriteApiOptions } from './write-api.js';

const clientLoginOperation: Operation = { name: 'login for writing', kind: 'login', isWriter: true };

/**
 * Creates a client with the credentials for writing. Pass it the same `budget` as the reading
 * client: Genesys counts per OAuth client, but this installation has one share. Sends nothing
 * before the first call.
 */
export function createGenesysWriteApi(options: GenesysWriteApiOptions): GenesysWriteApi {
  const { caller, stats, close } = openWriteConnection(options);
  const { listQueues, listWrapupCodes, listQueueWrapupCodes } = createListings({ caller });
  return { ...createWriteOperations(caller), listQueues, listWrapupCodes, listQueueWrapupCodes, stats, close };
}

function openWriteConnection(options: GenesysWriteApiOptions): Connection {
  const { credentials } = options;
  if (credentials.kind === 'user') {
    const grant = new UserGrant(credentials);
    return openConnection(options, [credentials.clientSecret ?? ''], (open) => grant.login(open));
  }
  const { clientId, clientSecret } = credentials;
  return openConnection(options, [clientSecret], (open) =>
    open.tokenBy(clientLoginOperation, (sdk) => sdk.login(clientId, clientSecret)),
  );
}

/** The result of a user's authorization: the code of the redirect, and the values it was requested with. */
export interface AuthorizationCode {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

export interface UserLogin {
  /** Base URL of the authorization server, without a slash at its end. */
  readonly loginUrl: string;
  /** Exchanges the code and requests the logged-in user. The caller writes the file. */
  exchange(authorization: AuthorizationCode): Promise<StoredToken>;
  close(): Promise<void>;
}

/** Creates the client of `wrapup login`, which has no token yet. */
export function createUserLogin(
  options: Omit<GenesysWriteApiOptions, 'credentials'> & { readonly credentials: Omit<UserCredentials, 'tokenFile'> },
): UserLogin {
  const { credentials } = options;
  const state: { authorization?: AuthorizationCode; stored?: StoredToken } = {};
  const open = openConnection(options, [credentials.clientSecret ?? ''], async (connection) => {
    const { code, verifier, redirectUri } = state.authorization as AuthorizationCode;
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri };
    const granted = await grantedBy(connection, credentials, form);
    const { loginUrl } = connection.sdk.endpoint;
    const before = { clientId: credentials.clientId, loginUrl, refreshToken: '' };
    const stored = toStored(granted, before, connection.now());
    state.stored = stored;
    connection.sdk.use(stored.accessToken);
    return { value: stored.accessToken, lifetimeMs: stored.expiresAtMs - connection.now().getTime() };
  });
  return {
    loginUrl: open.sdk.endpoint.loginUrl,
    close: open.close,
    exchange: async (authorization) => {
      state.authorization = authorization;
      const { body } = await createWriteOperations(open.caller).me();
      const user = { userId: textOf(body.id), userName: textOf(body.name) };
      return { ...(state.stored as StoredToken), ...user };
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
