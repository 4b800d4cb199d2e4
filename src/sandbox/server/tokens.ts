import { secondMs } from '../../interval.js';
import type { Answer } from './answer.js';
import { json } from './answer.js';
import { ApiFault } from './api-fault.js';
import { tokenOf } from './ids.js';

export interface TokenStoreOptions {
  readonly seed: number;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly lifetimeSeconds: number;
  /** The machine's clock: `expires_in` is a promise about the client's own time. */
  readonly machineMs: () => number;
}

const tokensMax = 10_000;

/** Client-credentials tokens: `POST /oauth/token` and the check of `Authorization: Bearer`. */
export class TokenStore {
  readonly #options: TokenStoreOptions;
  readonly #expiryMs = new Map<string, number>();
  #counter = 0;

  constructor(options: TokenStoreOptions) {
    this.#options = options;
  }

  issue(authorization: string | undefined, bodyText: string): Answer {
    const form = new URLSearchParams(bodyText);
    const grant = form.get('grant_type');
    if (grant === null) return oauthError(400, 'invalid_request', 'grant_type is required');
    if (grant !== 'client_credentials')
      return oauthError(400, 'unsupported_grant_type', `grant type not supported: ${grant}`);
    const [id, secret] = basicCredentials(authorization) ?? [form.get('client_id'), form.get('client_secret')];
    if (id !== this.#options.clientId || secret !== this.#options.clientSecret)
      return oauthError(401, 'invalid_client', 'client authentication failed');
    return json({ access_token: this.#newToken(), token_type: 'bearer', expires_in: this.#options.lifetimeSeconds });
  }

  /** The token, or an ApiFault 401. */
  check(authorization: string | undefined): string {
    const [scheme, token] = (authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || token === undefined || token === '')
      throw new ApiFault(
        401,
        'authentication.required',
        'No authentication bearer token specified in authorization header.',
      );
    const expiry = this.#expiryMs.get(token);
    if (expiry === undefined || expiry <= this.#options.machineMs())
      throw new ApiFault(401, 'bad.credentials', 'Invalid login credentials.');
    return token;
  }

  revoke(token: string): void {
    this.#expiryMs.delete(token);
  }

  revokeAll(): void {
    this.#expiryMs.clear();
  }

  #newToken(): string {
    this.#counter += 1;
    const token = tokenOf(this.#options.seed, this.#counter);
    this.#expiryMs.set(token, this.#options.machineMs() + this.#options.lifetimeSeconds * secondMs);
    if (this.#expiryMs.size > tokensMax) this.#expiryMs.delete(this.#expiryMs.keys().next().value as string);
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

/** OAuth answers in the OAuth shape, not in the API's. */
export function oauthError(status: number, error: string, description: string): Answer {
  return json({ error, description, error_description: description }, status);
}
