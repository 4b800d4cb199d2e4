import type { JsonObject } from '../../world.js';

/** A refusal in the API's own words; thrown by handlers and turned into an error body by the server. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const badRequest = (message: string) => new ApiFault(400, 'bad.request', message);

export const invalidDate = () =>
  new ApiFault(
    400,
    'invalid.date',
    'Dates must be specified as ISO-8601 strings. For example: yyyy-MM-ddTHH:mm:ss.SSSZ',
  );

/** `field` is the API's name of the kind of value, such as `metric` or `dimension`. */
export const invalidValue = (value: unknown, field: string, allowed: readonly string[]) =>
  new ApiFault(
    400,
    'invalid.value',
    `Value [${String(value)}] is not valid for field type [${field}]. Allowable values are: ${allowed.join(', ')}`,
  );

export const notFound = (what: string) => new ApiFault(404, 'not.found', `${what} was not found.`);

export const notAUser = () =>
  new ApiFault(
    400,
    'not.a.user',
    'This request requires a user context. Client credentials cannot be used for requests to this resource.',
  );

export const tooManyRequests = (retryAfterSeconds: number) =>
  new ApiFault(
    429,
    'too.many.requests',
    `Rate limit exceeded the maximum. Retry the request in [${retryAfterSeconds}] seconds`,
    {
      'Retry-After': String(retryAfterSeconds),
    },
  );

export function errorBody(fault: ApiFault, contextId: string): JsonObject {
  return { message: fault.message, code: fault.code, status: fault.status, contextId, details: [], errors: [] };
}
