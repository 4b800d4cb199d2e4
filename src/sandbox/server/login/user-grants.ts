import { createHash } from 'node:crypto';
import { secondMs } from '../../../lib/interval.js';
import type { Answer } from '../http/answer.js';
import { empty, json } from '../http/answer.js';
import { tokenOf } from '../ids.js';

export interface UserGrantOptions {
  readonly seed: number;
  readonly machineMs: () => number;
  readonly userIds: () => readonly string[];
}

interface PendingCode {
  readonly userId: string;
  readonly redirectUri: string;
  readonly challenge: string | undefined;
  readonly expiryMs: number;
}

const codeLifetimeMs = 60 * secondMs;
const pendingMax = 1_000;
/** First number, so that these do not collide with the numbers of access tokens. */
const firstNumber = 1_000_000_000;

/** Issues authorization codes with PKCE and refresh tokens; each works once. */
export class UserGrants {
  readonly #options: UserGrantOptions;
  readonly #codes = new Map<string, PendingCode>();
  readonly #refreshTokens = new Map<string, string>();
  #counter = firstNumber;

  constructor(options: UserGrantOptions) {
    this.#options = options;
  }

  /** GET /oauth/authorize: sends the browser back at once; `user` names who logs in, the first active user otherwise. */
  authorize(query: URLSearchParams): Answer {
    const redirectUri = query.get('redirect_uri') ?? '';
    const fault = this.#faultOf(query, redirectUri);
    if (fault !== undefined) return json({ error: 'invalid_request', error_description: fault }, 400);
    const userId = query.get('user') ?? this.#options.userIds()[0] ?? 'user';
    const code = this.#next();
    const challenge = query.get('code_challenge') ?? undefined;
    const expiryMs = this.#options.machineMs() + codeLifetimeMs;
    this.#codes.set(code, { userId, redirectUri, challenge, expiryMs });
    if (this.#codes.size > pendingMax) this.#codes.delete(this.#codes.keys().next().value as string);
    const target = new URL(redirectUri);
    target.searchParams.set('code', code);
    const state = query.get('state');
    if (state !== null) target.searchParams.set('state', state);
    return { ...empty(302), headers: { Location: target.href } };
  }

  /** Undefined where the code or refresh token is unknown, used, too old or not this caller's. */
  userOf(form: URLSearchParams): string | undefined {
    return form.get('grant_type') === 'refresh_token' ? this.#refreshed(form) : this.#authorized(form);
  }

  newRefreshToken(userId: string): string {
    const token = this.#next();
    this.#refreshTokens.set(token, userId);
    return token;
  }

  forget(): void {
    this.#codes.clear();
    this.#refreshTokens.clear();
  }

  #faultOf(query: URLSearchParams, redirectUri: string): string | undefined {
    if (query.get('response_type') !== 'code') return 'response_type must be code';
    if (!URL.canParse(redirectUri)) return 'redirect_uri is missing';
    if (query.has('code_challenge') && query.get('code_challenge_method') !== 'S256')
      return 'code_challenge_method must be S256';
    const user = query.get('user');
    return user === null || this.#options.userIds().includes(user) ? undefined : `user ${user} does not exist`;
  }

  #authorized(form: URLSearchParams): string | undefined {
    const code = form.get('code') ?? '';
    const pending = this.#codes.get(code);
    this.#codes.delete(code);
    if (pending === undefined || pending.expiryMs <= this.#options.machineMs()) return undefined;
    if (pending.redirectUri !== form.get('redirect_uri')) return undefined;
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    return pending.challenge === undefined || pending.challenge === challenge ? pending.userId : undefined;
  }

  #refreshed(form: URLSearchParams): string | undefined {
    const token = form.get('refresh_token') ?? '';
    const userId = this.#refreshTokens.get(token);
    this.#refreshTokens.delete(token);
    return userId;
  }

  #next(): string {
    this.#counter += 1;
    return tokenOf(this.#options.seed, this.#counter);
  }
}
