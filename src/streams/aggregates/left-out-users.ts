import type { AggregatesPage, ApiAnswer, JsonObject } from '../../genesys/api.js';
import { isObject } from '../../lib/json.js';
import type { Log } from '../../lib/log.js';
import { together } from './narrow.js';
import { listOf } from './rows.js';

type Answer = ApiAnswer<AggregatesPage>;

/**
 * Detects responses that omit users without an error. Most missing users have nothing to report:
 * they left, or never logged in. So a second request is sent only where a response is larger than
 * any that was found complete: an API that truncates responses truncates the largest.
 */
export class LeftOutUsers {
  /** The largest response that was found complete. */
  readonly #whole = { users: 0, rows: 0 };
  #size: number;

  constructor(usersMax: number) {
    this.#size = usersMax;
  }

  /** Users per request: as many as have been answered completely. */
  get size(): number {
    return this.#size;
  }

  /**
   * Returns the response about all of `asked`: users that the first omits are requested again until
   * nothing new arrives.
   */
  async askAll(
    asked: readonly string[],
    ask: (userIds: readonly string[]) => Promise<Answer>,
    log: Log,
  ): Promise<Answer> {
    const first = await ask(asked);
    const answers = [first];
    let missing = without(asked, first);
    if (missing.length > 0 && !this.#isTrusted(first)) {
      for (let added = asked.length; added > 0 && missing.length > 0; ) {
        const answer = await ask(missing);
        const rest = without(missing, answer);
        added = missing.length - rest.length;
        if (added > 0) answers.push(answer);
        missing = rest;
      }
    }
    if (answers.length === 1) this.#trust(first);
    else this.#askFewer(asked.length, sizeOf(first).users, log);
    return together(answers);
  }

  #isTrusted(answer: Answer): boolean {
    const { users, rows } = sizeOf(answer);
    return users <= this.#whole.users && rows <= this.#whole.rows;
  }

  #trust(answer: Answer): void {
    const { users, rows } = sizeOf(answer);
    this.#whole.users = Math.max(this.#whole.users, users);
    this.#whole.rows = Math.max(this.#whole.rows, rows);
  }

  #askFewer(asked: number, answered: number, log: Log): void {
    this.#size = Math.max(1, Math.min(this.#size, answered));
    log.warn({ asked, answered }, 'An answer left out users, who were asked for again');
  }
}

/** Returns the `userIds` that the response does not contain. */
function without(userIds: readonly string[], answer: Answer): readonly string[] {
  const named = new Set(listOf(answer.body.results).map(userIdOf));
  return userIds.filter((id) => !named.has(id));
}

function userIdOf(result: unknown): string | undefined {
  const group: JsonObject = isObject(result) && isObject(result.group) ? result.group : {};
  return typeof group.userId === 'string' ? group.userId.toLowerCase() : undefined;
}

function sizeOf(answer: Answer): { readonly users: number; readonly rows: number } {
  const results = listOf(answer.body.results);
  const rows = results.reduce<number>((sum, result) => sum + listOf(isObject(result) ? result.data : []).length, 0);
  return { users: new Set(results.map(userIdOf)).size, rows };
}
