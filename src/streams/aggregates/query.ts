import pLimit from 'p-limit';
import type { AggregatesPage, ApiAnswer, CallOptions, JsonObject } from '../../genesys/api.js';
import { ApiError } from '../../lib/errors.js';
import type { Log } from '../../lib/log.js';
import { type Attempt, narrow, together } from './narrow.js';

/** Far more names than any organisation is refused; a limit against an API that refuses everything. */
const refusalsMax = 60;
/** Matches the place at which a message begins to list valid names. */
const validNames = /allowable|(?:allowed|supported|valid|possible) (?:values|metrics|names)|(?:one|any) of\b/i;

export interface AggregateQuestion {
  /** Request body with `metrics` and, for grouped queries, `groupBy`. */
  readonly body: JsonObject & { readonly metrics: readonly string[]; readonly groupBy?: readonly string[] };
  readonly call: CallOptions;
  readonly log: Log;
}

type Answer = ApiAnswer<AggregatesPage>;
export type Ask = (body: JsonObject, call?: CallOptions) => Promise<Answer>;

/**
 * Builds a query function that omits metrics and dimensions refused before: an organisation without
 * a product lacks its metrics, but should get the others. A 400 that names a metric removes it; one
 * that names none is narrowed down by halving the metrics.
 */
export function createAsker(ask: Ask): (question: AggregateQuestion) => Promise<ApiAnswer<AggregatesPage>> {
  const asker = new Asker(ask);
  return (question) => asker.ask(question);
}

class Asker {
  readonly #ask: Ask;
  readonly #refused = new Set<string>();
  readonly #narrowing = pLimit(1);
  /** Largest number of metrics that is accepted together; more were refused although each is accepted. */
  #metricsMax = Number.POSITIVE_INFINITY;
  /** False after halving did not help, until a request is accepted: the refusal is not about metrics. */
  #mayNarrow = true;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async ask(question: AggregateQuestion): Promise<Answer> {
    for (let refusals = 0; ; refusals += 1) {
      const asked = without(question.body, this.#refused);
      try {
        const answer = await this.#askInParts(asked, question.call);
        this.#mayNarrow = true;
        return answer;
      } catch (error) {
        if (!isRefusal(error) || refusals === refusalsMax) throw error;
        const name = refusedName(error, asked);
        if (name !== undefined && asked.metrics.some((metric) => metric !== name)) {
          this.#leaveOut([name], error, question.log);
          continue;
        }
        const narrowed = await this.#narrow(asked, question, error);
        if (narrowed !== undefined) return narrowed;
      }
    }
  }

  async #askInParts(asked: AggregateQuestion['body'], call: CallOptions): Promise<Answer> {
    const { metrics } = asked;
    if (metrics.length <= this.#metricsMax) return this.#ask(asked, call);
    const answers: Answer[] = [];
    for (let from = 0; from < metrics.length; from += this.#metricsMax) {
      answers.push(await this.#ask({ ...asked, metrics: metrics.slice(from, from + this.#metricsMax) }, call));
    }
    return together(answers);
  }

  /**
   * Narrows down a refusal, one at a time. Returns undefined where another call has found something
   * meanwhile; throws `refusal` where halving does not help.
   */
  #narrow(asked: AggregateQuestion['body'], { call, log }: AggregateQuestion, refusal: ApiError) {
    const known = this.#refused.size;
    return this.#narrowing(async (): Promise<Answer | undefined> => {
      if (this.#refused.size !== known) return undefined;
      if (!this.#mayNarrow || asked.metrics.length < 2) throw refusal;
      this.#mayNarrow = false;
      const found = await narrow(asked.metrics, (metrics) => this.#attempt({ ...asked, metrics }, call));
      if (found === undefined) throw refusal;
      this.#mayNarrow = true;
      this.#leaveOut(found.refused, refusal, log);
      if (found.refused.length === 0) this.#metricsMax = found.metricsMax;
      return found.answer;
    });
  }

  async #attempt(part: AggregateQuestion['body'], call: CallOptions): Promise<Attempt> {
    try {
      return { answer: await this.#ask(part, call) };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const name = refusedName(error, part);
      return name === undefined || !part.metrics.includes(name) ? 'refused' : { refused: [name] };
    }
  }

  #leaveOut(names: readonly string[], refusal: ApiError, log: Log): void {
    for (const name of names) {
      if (!this.#refused.has(name))
        log.warn({ reason: refusal.message }, `${name} is not supported by this organization; skipped`);
      this.#refused.add(name);
    }
  }
}

/** Returns true for a 400 about the query itself; results that are too large are handled elsewhere. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.facts.status === 400 && error.facts.action === 'fail';
}

function without(body: AggregateQuestion['body'], refused: ReadonlySet<string>): AggregateQuestion['body'] {
  if (refused.size === 0) return body;
  const isAllowed = (name: string) => !refused.has(name);
  return {
    ...body,
    metrics: body.metrics.filter(isAllowed),
    ...(body.groupBy && { groupBy: body.groupBy.filter(isAllowed) }),
  };
}

/**
 * Returns the metric that the message names first, before it lists those that are valid. Considers dimensions only where the code says that
 * a value is invalid: elsewhere a dimension may be named for another reason, and leaving it out changes the rows.
 */
function refusedName(error: ApiError, body: AggregateQuestion['body']): string | undefined {
  const said = error.message.split(validNames)[0] ?? '';
  const asked = [...body.metrics, ...((error.facts.code === 'invalid.value' && body.groupBy) || [])];
  const found = asked
    .map((name) => ({ name, at: said.search(new RegExp(`\\b${name}\\b`)) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  return found[0]?.name;
}

/** Returns true where the result is too large for one response and must be requested in parts. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof ApiError && error.facts.action === 'split';
}
