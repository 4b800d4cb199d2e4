import { hash32, mix32 } from './random.js';

const digits = Buffer.from('0123456789abcdef');
/** Digits are written here and read as one text: joined from pieces, a text keeps all its pieces alive for as long as it lives. */
const written = Buffer.from('00000000-0000-0000-0000-000000000000');

function writeHalf(at: number, half: number): void {
  written[at] = digits[(half >>> 12) & 15] as number;
  written[at + 1] = digits[(half >>> 8) & 15] as number;
  written[at + 2] = digits[(half >>> 4) & 15] as number;
  written[at + 3] = digits[half & 15] as number;
}

/** Four words as a version-4 UUID in lower case. The version and variant bits overwrite six bits of `b` and `c`. */
function formatUuid(a: number, b: number, c: number, d: number): string {
  writeHalf(0, a >>> 16);
  writeHalf(4, a);
  writeHalf(9, b >>> 16);
  writeHalf(14, 0x4000 | (b & 0x0fff));
  writeHalf(19, 0x8000 | ((c >>> 16) & 0x3fff));
  writeHalf(24, c);
  writeHalf(28, d >>> 16);
  writeHalf(32, d);
  return written.toString('latin1');
}

/** A UUID that belongs to these integers: the same arguments give the same id. */
export function uuidFrom(a: number, b: number, c: number, d = 0): string {
  const first = hash32(a, b, c, d);
  const second = mix32(first ^ Math.imul(b + 0x3c6ef372, 0x9e3779b1) ^ c);
  const third = mix32(second ^ Math.imul(c + 0x1b873593, 0x85ebca77) ^ a);
  return formatUuid(first, second, third, mix32(third ^ Math.imul(d + 0x27d4eb2f, 0xc2b2ae3d) ^ b));
}

/** 32 hexadecimal digits, as dialer contacts have them. */
export function hexIdFrom(a: number, b: number, c: number): string {
  return uuidFrom(a, b, c, 77).replaceAll('-', '');
}

const rounds = 6;

/** A Feistel network over two 32-bit halves: reversible whatever the round function, so an id can be read back. */
function encrypt(seed: number, left: number, right: number): [number, number] {
  let l = left >>> 0;
  let r = right >>> 0;
  for (let round = 0; round < rounds; round++) {
    const next = (l ^ hash32(seed, r, round)) >>> 0;
    l = r;
    r = next;
  }
  return [l, r];
}

function decrypt(seed: number, left: number, right: number): [number, number] {
  let l = left >>> 0;
  let r = right >>> 0;
  for (let round = rounds - 1; round >= 0; round--) {
    const previous = (r ^ hash32(seed, l, round)) >>> 0;
    r = l;
    l = previous;
  }
  return [l, r];
}

export interface ConversationKey {
  /** Days since 1970-01-01 in the organisation's own calendar. */
  readonly localDay: number;
  readonly index: number;
}

/** A version-4 UUID that hides the day and the index; `parseConversationId` reads them back. */
export function conversationId(seed: number, key: ConversationKey): string {
  const [left, right] = encrypt(seed, key.localDay, key.index);
  const filler = hash32(seed, left, right, 11);
  const tail = hash32(seed, right, left, 13);
  const b = ((right & 0xffff0000) | (filler >>> 16)) >>> 0;
  const c = (((filler & 0xffff) << 16) | (right & 0xffff)) >>> 0;
  return formatUuid(left, b, c, tail);
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Undefined unless `id` is one this seed would have made; the filler bits serve as a checksum. */
export function parseConversationId(seed: number, id: string): ConversationKey | undefined {
  if (!uuidShape.test(id)) return undefined;
  const left = Number.parseInt(id.slice(0, 8), 16);
  const high = Number.parseInt(id.slice(9, 13), 16);
  const low = Number.parseInt(id.slice(24, 28), 16);
  const [localDay, index] = decrypt(seed, left, ((high << 16) | low) >>> 0);
  const key = { localDay, index };
  return conversationId(seed, key) === id ? key : undefined;
}
