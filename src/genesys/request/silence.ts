import type { ApiError } from '../../lib/errors.js';

export interface SilenceOptions {
  /** Nothing may be answered for so long, while requests wait, before the API is asked whether it answers at all. */
  readonly quietMs: number;
  readonly clockMs: () => number;
}

/** Sends one small request; resolves with its error if the API does not answer it. */
export type Probe = () => Promise<ApiError | undefined>;

/** Looks per `quietMs`. */
const looksPerQuiet = 5;

/**
 * Watches requests that wait for their response. A query may take minutes, but a network that
 * swallows everything, or a host that hangs, answers nothing: then a small request decides, and all
 * calls end at once instead of waiting for their own limits.
 */
export class SilenceWatch {
  readonly #options: SilenceOptions;
  readonly #waitingSinceMs = new Map<symbol, number>();
  #answeredAtMs = Number.NEGATIVE_INFINITY;
  #ending = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #isProbing = false;
  /** Set once the caller is created, which sends the small request. */
  probe: Probe = async () => undefined;

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  /** Aborts, with the outage as its reason, the calls that began before the API fell silent. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Records that a request is sent. Returns what to call once its response begins, or it fails. */
  begin(): (isAnswered: boolean) => void {
    const key = Symbol('request');
    this.#waitingSinceMs.set(key, this.#options.clockMs());
    this.#timer ??= setInterval(() => void this.#look(), this.#options.quietMs / looksPerQuiet).unref();
    return (isAnswered) => {
      if (isAnswered) this.#answeredAtMs = this.#options.clockMs();
      if (!this.#waitingSinceMs.delete(key) || this.#waitingSinceMs.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  async #look(): Promise<void> {
    const quietSinceMs = Math.max(this.#answeredAtMs, Math.min(...this.#waitingSinceMs.values()));
    if (this.#isProbing || this.#options.clockMs() - quietSinceMs < this.#options.quietMs) return;
    this.#isProbing = true;
    const ending = this.#ending;
    const error = await this.probe();
    this.#isProbing = false;
    // An answer that came meanwhile is an answer.
    if (error === undefined || this.#answeredAtMs > quietSinceMs) return;
    this.#ending = new AbortController();
    ending.abort(error);
  }
}
