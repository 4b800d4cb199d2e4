import { ApiError } from '../../lib/errors.js';
import type { Log } from '../../lib/log.js';

export interface Answered<Answer> {
  readonly ids: readonly string[];
  readonly answer: Answer;
}

type Ask<Answer> = (ids: readonly string[]) => Promise<Answer>;

/** Lists the statuses with which the API rejects an id; any other status concerns all ids alike. */
const refusalStatuses = new Set([400, 404, 410, 422]);
/** Either the server cannot render this id, or the server has a fault. */
const serverError = 500;
/**
 * Refused parts before any is answered, after which halving stops: several levels of halves, fewer
 * where the server may have a fault.
 */
const refusedFirstMax = { refusal: 1 + 2 + 4 + 8, serverError: 1 + 2 };
/** Single ids for which one list may be refused; with more, the refusal is not about single ids. */
const apartPerListMax = 10;
/** Limit of remembered ids; far more than can be open but missing. */
const apartMax = 10_000;

/**
 * Requests many records by id. A list that is refused because of one id is halved until that id is
 * found; from then on it is requested separately, so that the others never wait for it again. An id
 * that is refused alone is logged once and requested again the next time.
 */
export class ByIds {
  readonly #apart = new Set<string>();

  /**
   * Yields responses about parts of `ids`, together all of them except those that are refused.
   * Throws errors that concern more than single ids.
   */
  async *ask<Answer>(ids: readonly string[], ask: Ask<Answer>, log: Log): AsyncGenerator<Answered<Answer>, void, void> {
    const pending: (readonly string[])[] = [
      ids.filter((id) => !this.#apart.has(id)),
      ...ids.filter((id) => this.#apart.has(id)).map((id) => [id]),
    ].filter((part) => part.length > 0);
    const counts = { answered: 0, refused: 0, apart: 0 };
    while (pending.length > 0) {
      const part = pending.shift() as readonly string[];
      try {
        const answer = await ask(part);
        counts.answered += 1;
        yield { ids: part, answer };
      } catch (error) {
        counts.refused += 1;
        if (!isRefusal(error, counts) || counts.apart > apartPerListMax) throw error;
        if (part.length > 1) pending.push(...halves(part));
        else if (this.#keepApart(part[0] as string, error, log)) counts.apart += 1;
      }
    }
  }

  /** Returns true when the id is new. */
  #keepApart(id: string, error: ApiError, log: Log): boolean {
    if (this.#apart.has(id)) return false;
    log.warn({ conversation: id, reason: error.message }, 'Conversation refused by id');
    if (this.#apart.size === apartMax) this.#apart.clear();
    this.#apart.add(id);
    return true;
  }
}

function isRefusal(
  error: unknown,
  { answered, refused }: { readonly answered: number; readonly refused: number },
): error is ApiError {
  if (!(error instanceof ApiError)) return false;
  const { status = 0, code } = error.facts;
  if (status === serverError) return answered > 0 || refused <= refusedFirstMax.serverError;
  // A response without a Genesys error code did not come from Genesys.
  return code !== undefined && refusalStatuses.has(status) && (answered > 0 || refused <= refusedFirstMax.refusal);
}

function halves(ids: readonly string[]): (readonly string[])[] {
  const middle = Math.ceil(ids.length / 2);
  return [ids.slice(0, middle), ids.slice(middle)];
}
