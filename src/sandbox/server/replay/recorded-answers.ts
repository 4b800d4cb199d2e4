import type { Json, JsonObject } from '../../world.js';
import type { Answer } from '../http/answer.js';
import { json } from '../http/answer.js';

/** The parts of a request that its answer depends on. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** The endpoint's path with `{…}` for its parameters, where the endpoint is known. */
  readonly pattern: string | undefined;
  readonly query: URLSearchParams;
  readonly bodyText: string;
}

/** Undefined where nothing was recorded for the request. */
export type RecordedAnswers = (request: RecordedRequest) => Answer | undefined;

/**
 * `get-api-v2-users.json` answers GET /api/v2/users; `_` is a path parameter. Of `name.1.json`, `name.2.json`, … a request with a page
 * number gets that page (`{}` after the last), any other the next one each time, and then the last again. A recorded error body keeps its status.
 */
export function recordedAnswers(files: ReadonlyMap<string, Json>): RecordedAnswers {
  const asked = new Map<string, number>();
  return (request) => {
    const name = namesOf(request).find((candidate) => files.has(candidate) || files.has(`${candidate}.1`));
    if (name === undefined) return undefined;
    const single = files.get(name);
    if (single !== undefined) return answerOf(single);
    const page = pageNumberOf(request);
    if (page !== undefined) return answerOf(files.get(`${name}.${page}`) ?? {});
    const turn = (asked.get(name) ?? 0) + 1;
    if (files.has(`${name}.${turn}`)) asked.set(name, turn);
    return answerOf(files.get(`${name}.${files.has(`${name}.${turn}`) ? turn : turn - 1}`) ?? {});
  };
}

function namesOf(request: RecordedRequest): readonly string[] {
  const name = (path: string) => `${request.method.toLowerCase()}${path.replaceAll('/', '-')}`;
  return request.pattern === undefined
    ? [name(request.path)]
    : [name(request.path), name(request.pattern.replace(/\{\w+\}/g, '_'))];
}

function pageNumberOf(request: RecordedRequest): number | undefined {
  const inQuery = request.query.get('pageNumber');
  if (inQuery !== null) return Number(inQuery);
  try {
    const page = (JSON.parse(request.bodyText) as { paging?: { pageNumber?: unknown } }).paging?.pageNumber;
    return typeof page === 'number' ? page : undefined;
  } catch {
    return undefined;
  }
}

function answerOf(content: Json): Answer {
  const body = (Array.isArray(content) ? { entities: content } : content) as JsonObject;
  const isError =
    typeof body.status === 'number' && body.status >= 400 && body.status < 600 && typeof body.message === 'string';
  return json(body, isError ? (body.status as number) : 200);
}
