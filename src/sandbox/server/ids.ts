import { createHash } from 'node:crypto';

/**
 * Identifiers are hashes of (seed, kind, counter) instead of random numbers, so that two sandboxes with the same seed
 * that see the same requests answer with the same bytes.
 */
export function idOf(seed: number, kind: string, counter: number): string {
  const hex = digest(seed, kind, counter).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function tokenOf(seed: number, counter: number): string {
  return digest(seed, 'token', counter).toString('base64url');
}

/** Returns a number in [0, 1) that depends only on its arguments. */
export function rollOf(seed: number, kind: string, key: string | number): number {
  return digest(seed, kind, key).readUInt32BE(0) / 0x1_0000_0000;
}

function digest(seed: number, kind: string, key: string | number): Buffer {
  return createHash('sha256').update(`${seed}\n${kind}\n${key}`).digest();
}
