import type { AggregatesPage, ApiAnswer, CallOptions, JsonObject } from '../../genesys/api.js';
import { ApiError } from '../../lib/errors.js';
import type { Log } from '../../lib/log.js';

/** Far more than names that any organisation is refused; an API that refuses everything must not be asked for ever. */
const refusalsMax = 60;

export interface AggregateQuestion {
  /** With `metrics` and, where there are groups, `groupBy`. */
  readonly body: JsonObject & { readonly metrics: readonly string[]; readonly groupBy?: readonly string[] };
  readonly call: CallOptions;
  readonly log: Log;
}

export type Ask = (body: JsonObject, call?: CallOptions) => Promise<ApiAnswer<AggregatesPage>>;

/**
 * Asks without the metrics and dimensions that were refused before. A name that the API does not know here (400 `invalid.value` that names
 * it) is left out from then on, said once in a warning, and the rest is asked again: an organisation without a product lacks its metrics.
 */
export function createAsker(ask: Ask): (question: AggregateQuestion) => Promise<ApiAnswer<AggregatesPage>> {
  const refused = new Set<string>();
  return async ({ body, call, log }) => {
    for (let refusals = 0; ; refusals += 1) {
      const asked = without(body, refused);
      try {
        return await ask(asked, call);
      } catch (error) {
        const name = refusals < refusalsMax ? refusedName(error, asked) : undefined;
        if (name === undefined || asked.metrics.every((metric) => metric === name)) throw error;
        if (!refused.has(name)) log.warn({ reason: (error as Error).message }, `${name} is refused and left out`);
        refused.add(name);
      }
    }
  };
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

/** The code says that a value is invalid; which one stands in the text only, before the list of valid ones. */
function refusedName(error: unknown, body: AggregateQuestion['body']): string | undefined {
  if (!(error instanceof ApiError) || error.facts.status !== 400 || error.facts.code !== 'invalid.value') return;
  const said = error.message.split('Allowable')[0] ?? '';
  const asked = [...body.metrics, ...(body.groupBy ?? [])];
  return asked.find((name) => new RegExp(`\\b${name}\\b`).test(said));
}

/** More than one answer may hold; to be asked for in parts. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof ApiError && error.facts.action === 'split';
}
