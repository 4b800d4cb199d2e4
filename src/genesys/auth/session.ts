import { unlessAborted } from '../../lib/abort.js';
import { minuteMs } from '../../lib/interval.js';

export interface Token {
  readonly value: string;
  /** NaN when the response did not state it: the token is then used until it is refused. */
  readonly lifetimeMs: number;
}

export interface SessionOptions {
  /** Logs in once; the SDK stores the token. Retrying is left to the calls that need it. */
  readonly login: () => Promise<Token>;
  readonly clockMs: () => number;
}

const renewalMarginMsMax = 5 * minuteMs;
const renewalMarginShare = 1 / 10;

/**
 * Holds the token of a client. However many callers find it missing, about to expire or refused,
 * only one login is made.
 */
export class Session {
  readonly #options: SessionOptions;
  #renewAtMs = Number.NEGATIVE_INFINITY;
  #pending: Promise<void> | undefined;
  #generation = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Number of the current token; grows with every login. */
  get generation(): number {
    return this.#generation;
  }

  /** Resolves when there is a token that is not about to expire. */
  async ready(signal: AbortSignal): Promise<void> {
    if (this.#options.clockMs() >= this.#renewAtMs) await this.#renew(signal);
  }

  /** Gets a new token, however long the current one is still valid. */
  reauthenticate(signal: AbortSignal): Promise<void> {
    return this.#renew(signal);
  }

  /**
   * Renews the token of `generation` after the API has refused it; does nothing when another caller
   * has done so since.
   */
  async refused(generation: number, signal: AbortSignal): Promise<void> {
    if (generation === this.#generation) await this.#renew(signal);
  }

  // A caller that gives up must not abort the login for the others.
  #renew(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#pending ??= this.#login().finally(() => {
      this.#pending = undefined;
    });
    return unlessAborted(this.#pending, signal);
  }

  async #login(): Promise<void> {
    const startMs = this.#options.clockMs();
    const { lifetimeMs } = await this.#options.login();
    const marginMs = Math.min(renewalMarginMsMax, lifetimeMs * renewalMarginShare);
    this.#renewAtMs = startMs + lifetimeMs - marginMs;
    this.#generation += 1;
  }
}
