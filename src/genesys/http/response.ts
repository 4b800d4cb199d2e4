import type { ApiError } from '../../lib/errors.js';
import { isObject, parseJson } from '../../lib/json.js';
import type { Redactor } from '../../lib/redact.js';
import type { JsonObject } from '../api.js';
import { bodyFaultCodes, type Failure, toApiError } from '../errors.js';
import type { Operation } from '../request/operation.js';
import { retryAfterMs } from './headers.js';
import type { WireAnswer, WireRequest } from './transport.js';

export const correlationIdHeader = 'inin-correlation-id';

interface AnswerContext {
  readonly operation: Operation;
  readonly redactor: Redactor;
  /** Current time, for a `Retry-After` that is a date. */
  readonly wallMs: number;
}

/** Returns the parsed body of a successful response; throws ApiError for every other. */
export function readAnswer(wire: WireRequest, answer: WireAnswer, context: AnswerContext): JsonObject {
  if (answer.status < 200 || answer.status > 299) throw errorAnswer(wire, answer, context);
  if (answer.text.trim() === '') {
    if (context.operation.isEmptyAllowed || answer.status === 204) return {};
    throw faultyBody(wire, answer, context, bodyFaultCodes.empty, 'the body is empty');
  }
  if (looksLikeHtml(answer)) {
    throw faultyBody(wire, answer, context, bodyFaultCodes.html, htmlNote(answer.text));
  }
  const parsed = parseJson(answer.text);
  // The error does not contain the text, which may be personal data.
  if (parsed === undefined) {
    const note = `the body is not complete JSON after ${answer.bytes} bytes`;
    throw faultyBody(wire, answer, context, bodyFaultCodes.truncated, note);
  }
  if (Array.isArray(parsed) && context.operation.isListAllowed) return { entities: parsed };
  if (!isObject(parsed)) {
    throw faultyBody(wire, answer, context, bodyFaultCodes.notAnObject, 'the body is JSON but no object');
  }
  return parsed;
}

function errorAnswer(wire: WireRequest, answer: WireAnswer, context: AnswerContext): ApiError {
  const parsed = looksLikeHtml(answer) ? undefined : parseJson(answer.text);
  const body = isObject(parsed) ? parsed : undefined;
  const code = text(body?.code) ?? text(body?.error);
  const message = body ? bodyMessage(body) : bodyNote(answer);
  const correlationId = text(answer.headers[correlationIdHeader]) ?? text(body?.contextId);
  const after = retryAfterMs(answer.headers, context.wallMs) ?? resetMs(answer);
  return toApiError(
    {
      ...base(wire, answer, context),
      isFromGenesys: body !== undefined,
      ...(code && { code }),
      ...(message && { message }),
      ...(correlationId && { correlationId }),
      ...(after !== undefined && { retryAfterMs: after }),
    },
    context.redactor,
  );
}

function faultyBody(wire: WireRequest, answer: WireAnswer, context: AnswerContext, code: string, message: string) {
  const correlationId = answer.headers[correlationIdHeader];
  const failure = { ...base(wire, answer, context), code, message, ...(correlationId && { correlationId }) };
  return toApiError(failure, context.redactor);
}

function base(wire: WireRequest, answer: WireAnswer, context: AnswerContext): Failure {
  return { operation: context.operation, method: wire.method, url: wire.url, status: answer.status };
}

/**
 * Returns the message: OAuth's `error_description` or `description`, or Genesys' `message`, which
 * names permissions in its parameters.
 */
function bodyMessage(body: JsonObject): string | undefined {
  const message = text(body.message) ?? text(body.error_description) ?? text(body.description);
  const params = isObject(body.messageParams) ? Object.values(body.messageParams).filter(isText) : [];
  const missingParams = params.filter((param) => !message?.includes(param));
  return [message, ...missingParams].filter(Boolean).join(' ') || undefined;
}

/** Returns the time until the window resets, which a 429 states even without `Retry-After`. */
function resetMs(answer: WireAnswer): number | undefined {
  const seconds = Number(answer.headers['inin-ratelimit-reset']);
  return answer.status === 429 && seconds > 0 ? seconds * 1_000 : undefined;
}

function bodyNote(answer: WireAnswer): string {
  if (answer.text.trim() === '') return 'the body is empty';
  if (looksLikeHtml(answer)) return htmlNote(answer.text);
  return `the body is not JSON (${answer.bytes} bytes)`;
}

function looksLikeHtml(answer: WireAnswer): boolean {
  return (answer.headers['content-type'] ?? '').includes('text/html') || /^\s*</.test(answer.text.slice(0, 100));
}

function htmlNote(html: string): string {
  const title = /<title[^>]*>([^<]{1,100})/i.exec(html)?.[1]?.trim();
  return title ? `an HTML page titled ${title}` : 'an HTML page';
}

function text(value: unknown): string | undefined {
  return isText(value) && value !== '' ? value : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
