import type { JsonObject } from '../../world.js';

/** A handler's answer. `body` holds the pieces of the document in order, so that prepared pieces are joined, not made again. */
export interface Answer {
  readonly status: number;
  readonly body: readonly Buffer[];
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Set when the same key always means the same bytes; lets the compressed form be kept. */
  readonly cacheKey?: string;
}

export const jsonType = 'application/json';

export function json(value: JsonObject, status = 200): Answer {
  return { status, body: [Buffer.from(JSON.stringify(value))], contentType: jsonType };
}

export function pieces(body: readonly Buffer[], cacheKey?: string): Answer {
  return { status: 200, body, contentType: jsonType, ...(cacheKey === undefined ? {} : { cacheKey }) };
}

export function empty(status: number): Answer {
  return { status, body: [], contentType: jsonType };
}

export function text(contentType: string, value: string, status = 200): Answer {
  return { status, body: [Buffer.from(value)], contentType };
}
