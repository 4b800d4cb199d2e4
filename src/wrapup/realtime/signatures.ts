import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { minuteMs, secondMs } from '../../lib/interval.js';
import type { Seen } from './dedupe.js';

/** Header names in Node's lower case; a header that occurs several times counts as absent. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export const signatureHeader = 'x-signature';
export const timestampHeader = 'x-timestamp';
/** Maximum clock difference to the sender; a signature is remembered for longer than it is accepted. */
export const timestampMsMax = 5 * minuteMs;
const scheme = 'sha256=';

/** Compares in constant time, so that neither the position of a difference nor the lengths can be measured. */
export function isEqualSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

/** Returns the value of `X-Signature`: `sha256=` and the hexadecimal HMAC-SHA256 of the body, with a timestamp of `TIMESTAMP.BODY`. */
export function signatureOf(secret: string, body: Uint8Array, timestamp?: string): string {
  const hmac = createHmac('sha256', secret);
  if (timestamp !== undefined) hmac.update(`${timestamp}.`);
  return `${scheme}${hmac.update(body).digest('hex')}`;
}

/**
 * Returns true when the sender knows the secret: `Authorization: Bearer SECRET`, which is all that Genesys' data actions and EventBridge's API
 * destinations can send, or `X-Signature` over the body. Either is enough; a repeated request does no harm here.
 */
export function isAuthentic(headers: Headers, body: Uint8Array, secret: string): boolean {
  const bearer = /^Bearer +(.+)$/i.exec(textOf(headers.authorization))?.[1];
  if (bearer !== undefined) return isEqualSecret(bearer, secret);
  const signature = textOf(headers[signatureHeader]);
  return signature !== '' && isEqualSecret(signature, signatureOf(secret, body));
}

export type SignatureFault = 'unsigned' | 'wrong' | 'old' | 'repeated';

/**
 * Validates a request that must not be replayed: `X-Timestamp` in seconds since 1970, close to now,
 * and `X-Signature` over it and the body, not seen before. The signature is checked first, so that
 * nobody without the secret learns anything else.
 */
export function signatureFault(
  headers: Headers,
  body: Uint8Array,
  { secret, seen, now }: { readonly secret: string; readonly seen: Seen; readonly now: Date },
): SignatureFault | undefined {
  const [timestamp, signature] = [textOf(headers[timestampHeader]), textOf(headers[signatureHeader])];
  if (signature === '' || !/^\d{1,12}$/.test(timestamp)) return 'unsigned';
  if (!isEqualSecret(signature, signatureOf(secret, body, timestamp))) return 'wrong';
  if (Math.abs(Number(timestamp) * secondMs - now.getTime()) > timestampMsMax) return 'old';
  // Older ones are refused by their timestamp. The sender's clock may be ahead, hence twice as
  // long.
  if (seen.forgetBefore(now.getTime() - 2 * timestampMsMax) >= seen.sizeMax) return 'repeated';
  return seen.isNew(signature, now.getTime()) ? undefined : 'repeated';
}

const textOf = (value: string | readonly string[] | undefined) => (typeof value === 'string' ? value : '');
