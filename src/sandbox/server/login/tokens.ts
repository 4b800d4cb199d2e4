import { secondMs } from '../../../lib/interval.js';
import type { JsonObject } from '../../world.js';
import type { Answer } from '../http/answer.js';
import { json } from '../http/answer.js';
import { ApiFault } from '../http/api-fault.js';
import { tokenOf } from '../ids.js';
import { UserGrants } from './user-grants.js';

/** The client whose credentials are for writing, and the one at which users log in (with a secret or, as a public client, without). */
export const writeClient = { id: 'sandbox-writer', secret: 'sandbox-writer-secret' } as const;
export const userClient = { id: 'sandbox-login', secret: 'sandbox-login-secret' } as const;

export interface TokenSubject {
  readonly clientId: string;
  readonly userId: string | undefined;
}

export interface TokenStoreOptions {
  readonly seed: number;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly lifetimeSeconds: number;
  /** The machine's clock: `expires_in` is a promise about the client's own time. */
  readonly machineMs: () => number;
  /** Users of the directory; one of them logs in where the authorization does not say who. */
  readonly userIds: () => readonly string[];
}

const tokensMax = 10_000;

/** Tokens of clients and users: `/oauth/authorize`, `POST /oauth/token` and the check of `Authorization: Bearer`. */
export class TokenStore {
  readonly #options: TokenStoreOptions;
  readonly #tokens = new Map<string, TokenSubject & { readonly expiryMs: number }>();
  readonly #grants: UserGrants;
  #counter = 0;

  constructor(options: TokenStoreOptions) {
    this.#options = options;
    this.#grants = new UserGrants(options);
  }

  /** Logs the caller in without a form when the page is opened. */
  authorize(query: URLSearchParams): Answer {
    return this.#grants.authorize(query);
  }

  issue(authorization: string | undefined, bodyText: string): Answer {
    const form = new URLSearchParams(bodyText);
    const grant = form.get('grant_type');
    if (grant === null) return oauthError(400, 'invalid_request', 'grant_type is required');
    const [id, secret] = basicCredentials(authorization) ?? [form.get('client_id'), form.get('client_secret')];
    if (grant === 'authorization_code' || grant === 'refresh_token') return this.#issueToUser(form, id, secret);
    if (grant !== 'client_credentials')
      return oauthError(400, 'unsupported_grant_type', `grant type not supported: ${grant}`);
    const known = [{ id: this.#options.clientId, secret: this.#options.clientSecret }, writeClient];
    if (!known.some((client) => client.id === id && client.secret === secret))
      return oauthError(401, 'invalid_client', 'client authentication failed');
    return this.#issued({ clientId: String(id), userId: undefined });
  }

  #issueToUser(form: URLSearchParams, id: string | null, secret: string | null): Answer {
    // A public client proves itself by PKCE, a confidential one by its secret as well.
    if (id !== userClient.id || (secret !== null && secret !== userClient.secret))
      return oauthError(401, 'invalid_client', 'client authentication failed');
    const userId = this.#grants.userOf(form);
    if (userId === undefined) return oauthError(400, 'invalid_grant', 'the code or refresh token is not valid');
    return this.#issued({ clientId: id, userId }, { refresh_token: this.#grants.newRefreshToken(userId) });
  }

  #issued(subject: TokenSubject, more: JsonObject = {}): Answer {
    const expires_in = this.#options.lifetimeSeconds;
    return json({ access_token: this.#newToken(subject), token_type: 'bearer', expires_in, ...more });
  }

  subjectOf(token: string): TokenSubject {
    return this.#tokens.get(token) ?? { clientId: this.#options.clientId, userId: undefined };
  }

  /** Returns the token; throws an ApiFault 401. */
  check(authorization: string | undefined): string {
    const [scheme, token] = (authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || token === undefined || token === '')
      throw new ApiFault(
        401,
        'authentication.required',
        'No authentication bearer token specified in authorization header.',
      );
    const expiry = this.#tokens.get(token)?.expiryMs;
    if (expiry === undefined || expiry <= this.#options.machineMs())
      throw new ApiFault(401, 'bad.credentials', 'Invalid login credentials.');
    return token;
  }

  revoke(token: string): void {
    this.#tokens.delete(token);
  }

  revokeAll(): void {
    this.#tokens.clear();
  }

  /** Logins of users end too: what they got to renew their tokens is refused. */
  revokeLogins(): void {
    this.revokeAll();
    this.#grants.forget();
  }

  #newToken(subject: TokenSubject): string {
    this.#counter += 1;
    const token = tokenOf(this.#options.seed, this.#counter);
    const expiryMs = this.#options.machineMs() + this.#options.lifetimeSeconds * secondMs;
    this.#tokens.set(token, { ...subject, expiryMs });
    if (this.#tokens.size > tokensMax) this.#tokens.delete(this.#tokens.keys().next().value as string);
    return token;
  }
}

function basicCredentials(authorization: string | undefined): [string, string] | undefined {
  const [scheme, encoded] = (authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? undefined : [decoded.slice(0, colon), decoded.slice(colon + 1)];
}

/** Builds an error in OAuth's form, not in the API's. */
export function oauthError(status: number, error: string, description: string): Answer {
  return json({ error, description, error_description: description }, status);
}
