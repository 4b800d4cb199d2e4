import { unlessAborted } from '../../lib/abort.js';
import { minuteMs } from '../../lib/interval.js';

export interface Token {
  readonly value: string;
  /** NaN when the answer did not say: then it is used until it is refused. */
  readonly lifetimeMs: number;
}

export interface SessionOptions {
  /** Logs in once; the SDK keeps the token. Repeating is left to the calls that need it. */
  readonly login: () => Promise<Token>;
  readonly clockMs: () => number;
}

const renewalMarginMsMax = 5 * minuteMs;
const renewalMarginShare = 1 / 10;

/** The one token of a client. However many callers find it missing, near its end or refused, one login is made. */
export class Session {
  readonly #options: SessionOptions;
  #renewAtMs = Number.NEGATIVE_INFINITY;
  #pending: Promise<void> | undefined;
  #generation = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Number of the token in use; grows with every login. */
  get generation(): number {
    return this.#generation;
  }

  /** Resolves when there is a token with some life left in it. */
  async ready(signal: AbortSignal): Promise<void> {
    if (this.#options.clockMs() >= this.#renewAtMs) await this.#renew(signal);
  }

  /** Takes another token, whatever is left of the one in use. */
  reauthenticate(signal: AbortSignal): Promise<void> {
    return this.#renew(signal);
  }

  /** The API refused the token of `generation`; does nothing when another caller has renewed it since. */
  async refused(generation: number, signal: AbortSignal): Promise<void> {
    if (generation === this.#generation) await this.#renew(signal);
  }

  // A caller that gives up must not take the login away from the others.
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
