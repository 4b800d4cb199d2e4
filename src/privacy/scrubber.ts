/** The column policy: what is personal in an answer of the API is kept, hashed or dropped before anything else sees it. */
import { createHmac } from 'node:crypto';
import { kindOfValue } from './personal-keys.js';
import type { PrivacyAction, PrivacyPolicy } from './policy.js';

/** Marks hashes, so that they are never hashed again. */
const hashPrefix = 'hmac:';
const hashPattern = /^hmac:[0-9a-f]{32}$/;
/** 128 bits of HMAC-SHA-256, in hexadecimal. */
const hashCharacters = 32;
/** No answer of the API comes near it. What lies deeper is not looked through, so nothing of it is let through either. */
const depthMax = 64;
const tooDeep = '[nested too deeply]';
const rememberedMax = 20_000;

export interface Screen {
  /** The record or entity without what the policy hides; the same object where nothing had to change. */
  apply<T>(json: T): T;
  /** Scrubs one value of a kind, for data other than JSON of the API; undefined when it is dropped. */
  value(kind: 'addresses' | 'names' | 'notes' | 'attributes', value: unknown): unknown;
}

/** Undefined when everything is kept, so that the usual case costs nothing. */
export function createScreen(policy: PrivacyPolicy): Screen | undefined {
  if ([policy.addresses, policy.names, policy.notes, policy.attributes].every((action) => action === 'keep')) return;
  const hash = hasher(policy.key);
  const hide = (kind: Parameters<Screen['value']>[0], value: unknown) => hidden(policy[kind], kind, value, hash);
  return { apply: (json) => screened(json, hide, 0) as typeof json, value: hide };
}

/**
 * Returns the normal form in which addresses are compared and hashed: without scheme, SIP host,
 * parameters, separators and signs of a phone number, in lower case, so that `tel:+49 30 123`,
 * `0049-30-123` and `sip:4930123@host` are the same.
 */
export function normalAddress(text: string): string {
  const bare = text.trim().toLowerCase().replace(/^<|>$/g, '');
  const scheme = /^(?:tel|sip|sips|mailto|callto):/.exec(bare)?.[0] ?? '';
  const [address = ''] = bare.slice(scheme.length).split(';');
  const user =
    scheme.startsWith('sip') && /^[^@]*\d{3}[^@]*@/.test(address) ? address.slice(0, address.indexOf('@')) : address;
  return /^[+\d][\d\s().\-/]{3,}$/.test(user) ? user.replace(/\D/g, '').replace(/^00/, '') : user;
}

type Hash = (text: string) => string;
type Hide = Screen['value'];

/** Returns the hash that the policy writes for an address. */
export function hashedAddress(key: string, address: string): string {
  return hmac(key, normalAddress(address));
}

const hmac = (key: string, text: string): string =>
  hashPrefix + createHmac('sha256', key).update(text).digest('hex').slice(0, hashCharacters);

/** Caches hashes, because numbers and names repeat. */
function hasher(key: string | undefined): Hash {
  const known = new Map<string, string>();
  return (text) => {
    // Parsing the configuration refuses a policy with hashes and no key.
    if (key === undefined) throw new Error('The privacy policy hashes and has no key.');
    let hash = known.get(text);
    if (hash === undefined) {
      hash = hmac(key, text);
      if (known.size >= rememberedMax) known.clear();
      known.set(text, hash);
    }
    return hash;
  };
}

function screened(value: unknown, hide: Hide, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > depthMax) return tooDeep;
  if (Array.isArray(value)) return value.map((item) => screened(item, hide, depth + 1));
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    const kind = kindOfValue(key, item, value as Record<string, unknown>);
    const result = kind === undefined ? screened(item, hide, depth + 1) : hide(kind, item);
    if (result !== undefined) copy[key] = result;
  }
  return copy;
}

function hidden(action: PrivacyAction, kind: string, value: unknown, hash: Hash): unknown {
  if (action === 'keep' || value === null) return value;
  // An empty map instead of none, which would leave stored attributes unchanged.
  if (action === 'drop') return kind === 'attributes' ? emptied(value) : undefined;
  return hashed(value, kind === 'addresses' ? (text) => hash(normalAddress(text)) : hash, 0);
}

const emptied = (value: unknown): unknown => (Array.isArray(value) ? [] : {});

/**
 * Hashes every text and number below the value; names of attributes are kept, because they give
 * values their meaning.
 */
function hashed(value: unknown, hash: Hash, depth: number): unknown {
  if (typeof value === 'number') return hash(String(value));
  if (typeof value === 'string') return value === '' || hashPattern.test(value) ? value : hash(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > depthMax) return tooDeep;
  if (Array.isArray(value)) return value.map((item) => hashed(item, hash, depth + 1));
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) copy[key] = hashed(item, hash, depth + 1);
  return copy;
}
