import { describe, expect, test } from 'vitest';
import { type Failure, toApiError } from '../../src/genesys/errors.js';
import type { OperationKind } from '../../src/genesys/request/operation.js';
import type { ErrorAction } from '../../src/lib/errors.js';
import { Redactor } from '../../src/lib/redact.js';

function classify(kind: OperationKind, failure: Partial<Failure>) {
  const base = {
    operation: { name: 'the call', kind },
    method: 'POST',
    url: 'https://api.example.com/api/v2/x?cursor=1',
  };
  return toApiError({ ...base, isFromGenesys: true, ...failure }, new Redactor('top-secret-value'));
}

describe('the table of errors', () => {
  test.each<[OperationKind, Partial<Failure>, ErrorAction]>([
    [
      'query',
      { status: 400, code: 'bad.request', message: 'Pagination may not exceed 100000 results. Tip: …' },
      'split',
    ],
    [
      'query',
      { status: 400, message: 'You must specify a search interval as part of your query that does not exceed 7 days' },
      'split',
    ],
    ['query', { status: 400, message: 'Result set is larger than result limit' }, 'split'],
    ['listing', { status: 400, message: 'Pagination may not exceed 100000 results.' }, 'fail'],
    ['query', { status: 400, code: 'invalid.date' }, 'fail'],
    ['job', { status: 400, code: 'invalid.value', message: 'cursor' }, 'restart'],
    ['query', { status: 401, code: 'bad.credentials' }, 'login'],
    ['query', { status: 401 }, 'login'],
    ['query', { status: 403, code: 'missing.any.permissions' }, 'unavailable'],
    ['query', { status: 403, isFromGenesys: false }, 'fail'],
    ['job', { status: 404, code: 'not.found' }, 'restart'],
    ['job', { status: 410 }, 'restart'],
    ['listing', { status: 404, code: 'not.found' }, 'fail'],
    ['query', { status: 408 }, 'retry'],
    ['query', { status: 409 }, 'retry'],
    ['query', { status: 413 }, 'split'],
    ['listing', { status: 413 }, 'fail'],
    ['query', { status: 415 }, 'fail'],
    ['query', { status: 429 }, 'wait'],
    ['query', { status: 400, code: 'too.many.requests.retry.after' }, 'wait'],
    ['query', { status: 500 }, 'retry'],
    ['query', { status: 502 }, 'retry'],
    ['query', { status: 503 }, 'retry'],
    ['query', { status: 504, code: 'request.timeout' }, 'split'],
    ['job', { status: 504 }, 'retry'],
    ['listing', { status: 504 }, 'retry'],
    ['other', { status: 302 }, 'fail'],
    ['other', { status: 418 }, 'fail'],
    ['query', { code: 'BODY_TOO_LARGE' }, 'split'],
    ['other', { code: 'BODY_TOO_LARGE' }, 'fail'],
    ['query', { code: 'ECONNRESET' }, 'retry'],
    ['query', { code: 'ECONNREFUSED' }, 'retry'],
    ['query', { code: 'EAI_AGAIN' }, 'retry'],
    ['query', { code: 'UND_ERR_HEADERS_TIMEOUT' }, 'retry'],
    ['query', { code: 'UND_ERR_SOCKET' }, 'retry'],
    ['query', { code: 'Z_BUF_ERROR' }, 'retry'],
    ['query', { code: 'ENOTFOUND', isReached: true }, 'retry'],
    ['query', { code: 'ENOTFOUND', isReached: false }, 'fail'],
    ['query', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'fail'],
    ['query', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'fail'],
    ['query', { code: 'E_NEVER_SEEN' }, 'fail'],
    ['login', { status: 400, code: 'invalid_client' }, 'fail'],
    ['login', { status: 401, code: 'invalid_client' }, 'fail'],
    ['login', { status: 429 }, 'wait'],
    ['login', { status: 503 }, 'retry'],
  ])('%s: %j is to %s', (kind, failure, action) => {
    expect(classify(kind, failure).facts.action).toBe(action);
  });

  test.each<[OperationKind, Partial<Failure>, 'away' | 'refused' | undefined]>([
    ['query', { code: 'ECONNREFUSED', isUnconnected: true }, 'away'],
    ['query', { code: 'ENOTFOUND', isUnconnected: true, isReached: false }, 'away'],
    ['query', { code: 'ENOTFOUND', isUnconnected: true, isReached: true }, 'away'],
    ['query', { code: 'UND_ERR_CONNECT_TIMEOUT', isUnconnected: true }, 'away'],
    ['query', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', isUnconnected: true }, 'away'],
    ['query', { code: 'ERR_SSL_WRONG_VERSION_NUMBER', isUnconnected: true }, 'away'],
    ['query', { code: 'ECONNRESET', isUnconnected: true, proxy: 'proxy:8080' }, 'away'],
    ['query', { code: 'PROXY_FAILED', isUnconnected: true, proxy: 'proxy:8080' }, 'away'],
    ['query', { code: 'PROXY_REFUSED', isUnconnected: true, proxy: 'proxy:8080' }, 'refused'],
    ['login', { status: 503 }, 'away'],
    ['login', { code: 'ECONNRESET' }, 'away'],
    ['login', { status: 401, code: 'invalid_client' }, 'refused'],
    ['login', { status: 400, code: 'invalid_client' }, 'refused'],
    ['login', { status: 429 }, undefined],
    ['query', { code: 'ECONNRESET' }, undefined],
    ['query', { status: 503 }, undefined],
    ['query', { status: 504 }, undefined],
  ])('%s: %j concerns every call: %s', (kind, failure, outage) => {
    expect(classify(kind, failure).facts.outage).toBe(outage);
  });

  test('a missing permission is named, with what to do about it', () => {
    const message =
      'Unable to perform the requested action. You are missing the following permission(s): analytics:conversationDetail:view';
    expect(classify('query', { status: 403, code: 'missing.any.permissions', message }).message).toMatch(
      /lacks the permission analytics:conversationDetail:view; add it to a role/,
    );
  });

  test('an unknown host says which setting to look at', () => {
    expect(classify('query', { code: 'ENOTFOUND' }).message).toMatch(/api\.example\.com.*GENESYSCLOUD_REGION/);
  });

  test('what is unknown carries everything needed to report it', () => {
    const error = classify('query', {
      status: 418,
      code: 'teapot',
      message: 'short  and\nstout',
      correlationId: 'id-9',
    });
    expect(error.message).toBe(
      'the call failed with 418 teapot "short and stout" (POST /api/v2/x, correlation id id-9).',
    );
  });

  test('secrets and tokens never appear in a message', () => {
    const message = 'sent top-secret-value and Bearer abc.DEF-123 and Basic dXNlcjpwYXNz=';
    const text = classify('query', { status: 400, message }).message;
    expect(text).toContain('sent [redacted] and Bearer [redacted] and Basic [redacted]');
  });
});

describe('a redactor', () => {
  test('forgets old tokens but never the first secret', () => {
    const redactor = new Redactor('first-secret');
    for (let n = 0; n < 100; n += 1) redactor.add(`token-number-${n}`);
    expect(redactor.apply('first-secret token-number-99')).toBe('[redacted] [redacted]');
  });
});
