/** Recognises erased people in a record by digests of their identifiers, and removes them. Pure. */
import { createHmac } from 'node:crypto';
import { kindOfKey, kindOfValue } from './personal-keys.js';
import { normalAddress } from './scrubber.js';

/** `conversation`: one in which an erased person took part, so that its later versions must not show that person. */
export type ErasureSubject = 'external_contact' | 'address' | 'user' | 'conversation';
export type ErasurePolicy = 'mask' | 'remove';

export interface Erasure {
  readonly subject: ErasureSubject;
  readonly digest: string;
  readonly policy: ErasurePolicy;
}

export const erasedText = '[erased]';

/** Returns the digest of an identifier in its normal form: addresses normalised, ids in lower case. */
export function erasureDigest(salt: string, subject: ErasureSubject, identifier: string): string {
  const text = subject === 'address' ? normalAddress(identifier) : identifier.toLowerCase();
  return createHmac('sha256', salt).update(`${subject}\n${text}`).digest('hex');
}

export interface Eraser {
  /** Returns the conversation record without erased people; undefined when none of them is in it. */
  conversation(record: unknown): unknown;
  /** Erases people from any other JSON of the API, e.g. a user of the directory. */
  entity(json: unknown): unknown;
  /** Returns the treatment of an erased user; undefined for others. */
  user(userId: unknown): ErasurePolicy | undefined;
}

type JsonObject = Readonly<Record<string, unknown>>;

const rememberedMax = 50_000;
const depthMax = 64;
/** Limits the search inside texts: shorter literals occur in too many unrelated texts. */
const literalCharactersMin = 5;
const email = /[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g;
const phone = /[+\d][\d\s().\-/]{3,40}\d/g;
const contactKey = /externalContactId$/i;
const own = new Set(['addressSelf', 'videoAddressSelf', 'screenShareAddressSelf']);
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const instant = /^\d{4}-\d\d-\d\dT/;

export function createEraser(erasures: readonly Erasure[], salt: string): Eraser {
  const policies = new Map(erasures.map((erasure) => [erasure.digest, erasure.policy]));
  const known = new Map<string, ErasurePolicy | undefined>();
  const policyOf = (subject: ErasureSubject, identifier: string): ErasurePolicy | undefined => {
    const key = `${subject}\n${identifier}`;
    if (known.has(key)) return known.get(key);
    const policy = policies.get(erasureDigest(salt, subject, identifier));
    if (known.size >= rememberedMax) known.clear();
    known.set(key, policy);
    return policy;
  };
  const user = (userId: unknown) => (typeof userId === 'string' ? policyOf('user', userId) : undefined);
  return {
    user,
    conversation: (record) => erasedConversation(record, policyOf),
    entity: (json) => erasedEntity(json, user) ?? erasedConversation(json, policyOf),
  };
}

type PolicyOf = (subject: ErasureSubject, identifier: string) => ErasurePolicy | undefined;

function erasedConversation(record: unknown, policyOf: PolicyOf): unknown {
  const found = { outsider: undefined as ErasurePolicy | undefined, users: new Map<string, ErasurePolicy>() };
  walk(record, '', 0, (key, text) => {
    if (contactKey.test(key)) found.outsider = stronger(found.outsider, policyOf('external_contact', text));
    else if (key === 'conversationId') found.outsider = stronger(found.outsider, policyOf('conversation', text));
    else if (key === 'userId') {
      const policy = policyOf('user', text);
      if (policy !== undefined) found.users.set(text, policy);
    } else {
      for (const address of addressesIn(text)) found.outsider = stronger(found.outsider, policyOf('address', address));
    }
  });
  if (found.outsider === undefined && found.users.size === 0) return undefined;
  const withoutUsers = found.users.size === 0 ? record : erasedUsers(record, found.users);
  if (found.outsider === undefined) return withoutUsers;
  return withoutAddresses(erasedOutsiders(withoutUsers, found.outsider), policyOf);
}

const stronger = (one: ErasurePolicy | undefined, other: ErasurePolicy | undefined): ErasurePolicy | undefined =>
  one === 'remove' || other === undefined ? one : other;

/** Returns the possible addresses in a text: the whole text, and e-mail addresses and telephone numbers inside it. */
function addressesIn(text: string): string[] {
  if (text.length < literalCharactersMin || uuid.test(text) || instant.test(text)) return [];
  if (!/\d{3}|@|^(?:tel|sip|hmac):/i.test(text)) return [text];
  return [text, ...(text.match(email) ?? []), ...(text.match(phone) ?? [])];
}

function walk(value: unknown, key: string, depth: number, visit: (key: string, text: string) => void): void {
  if (typeof value === 'string') visit(key, value);
  if (typeof value === 'number') visit(key, String(value));
  if (typeof value !== 'object' || value === null || depth > depthMax) return;
  if (Array.isArray(value)) for (const item of value) walk(item, key, depth + 1, visit);
  else for (const [name, item] of Object.entries(value)) walk(item, name, depth + 1, visit);
}

/**
 * Erases everybody outside the organization from the whole conversation: ownership of its addresses, names, notes and attributes cannot be
 * determined, and the caller's number is also stored with the agent's session.
 */
function erasedOutsiders(record: unknown, policy: ErasurePolicy): unknown {
  const literals = new Set<string>();
  const cut = rewrite(record, policy, (key, value, holder) => {
    if (contactKey.test(key)) return 'gone';
    const kind = kindOfValue(key, value, holder);
    if (kind === undefined) return 'keep';
    if (kind !== 'notes') walk(value, key, 0, (_, text) => literals.add(text));
    return 'erase';
  });
  return withoutLiterals(cut, literals);
}

/** Erases the names and own addresses of users; data about callers in their sessions is kept. */
function erasedUsers(record: unknown, users: ReadonlyMap<string, ErasurePolicy>): unknown {
  const literals = new Set<string>();
  const inParticipant = (participant: JsonObject, policy: ErasurePolicy) =>
    rewrite(participant, policy, (key, value) => {
      if (key !== 'participantName' && !own.has(key)) return 'keep';
      walk(value, key, 0, (_, text) => literals.add(text));
      return 'erase';
    });
  const copy = { ...(record as JsonObject) };
  if (Array.isArray(copy.participants)) {
    copy.participants = copy.participants.map((participant: JsonObject | null) => {
      const policy = users.get(String(participant?.userId));
      return policy === undefined || participant === null ? participant : inParticipant(participant, policy);
    });
  }
  return withoutLiterals(copy, literals);
}

/** Erases a user in a listing of the directory or of a queue's members. */
function erasedEntity(json: unknown, user: Eraser['user']): unknown {
  const entity = json as JsonObject | null;
  const policy = typeof entity === 'object' && entity !== null ? (user(entity.id) ?? user(entity.userId)) : undefined;
  if (policy === undefined) return undefined;
  return rewrite(json, policy, (key) =>
    ['name', 'title', 'department', 'images', 'biography', 'employerInfo', 'certifications'].includes(key) ||
    ['addresses', 'names', 'notes'].includes(kindOfKey(key) ?? '')
      ? 'erase'
      : 'keep',
  );
}

type Verdict = 'keep' | 'erase' | 'gone';

function rewrite(
  value: unknown,
  policy: ErasurePolicy,
  verdictOf: (key: string, value: unknown, holder: JsonObject) => Verdict,
): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, policy, verdictOf));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    const verdict = verdictOf(key, item, value as JsonObject);
    if (verdict === 'keep') copy[key] = rewrite(item, policy, verdictOf);
    else if (verdict === 'erase' && policy === 'mask') copy[key] = masked(item);
    // An absent map would leave stored attributes unchanged.
    else if (verdict === 'erase' && kindOfKey(key) === 'attributes') copy[key] = Array.isArray(item) ? [] : {};
  }
  return copy;
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? value : erasedText;
  if (typeof value === 'number') return erasedText;
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item)]));
}

/** Removes the person's address in any other notation, e.g. in a text under an unknown key. */
function withoutAddresses(value: unknown, policyOf: PolicyOf): unknown {
  if (typeof value === 'string') {
    return addressesIn(value)
      .filter((address) => policyOf('address', address) !== undefined)
      .reduce((text, address) => text.replaceAll(address, erasedText), value);
  }
  if (typeof value === 'number') return policyOf('address', String(value)) === undefined ? value : erasedText;
  if (Array.isArray(value)) return value.map((item) => withoutAddresses(item, policyOf));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) copy[key] = withoutAddresses(item, policyOf);
  return copy;
}

/** Removes the values wherever else they occur: in members that are not known to be personal, and inside longer texts. */
function withoutLiterals(value: unknown, literals: ReadonlySet<string>): unknown {
  const wanted = [...literals].filter((text) => text.length >= literalCharactersMin && text !== erasedText);
  if (wanted.length === 0) return value;
  const clean = (item: unknown): unknown => {
    if (typeof item === 'string') return wanted.reduce((text, literal) => text.replaceAll(literal, erasedText), item);
    if (typeof item === 'number') return wanted.includes(String(item)) ? erasedText : item;
    if (Array.isArray(item)) return item.map(clean);
    if (typeof item !== 'object' || item === null) return item;
    const copy: Record<string, unknown> = Object.create(null);
    for (const [key, member] of Object.entries(item)) copy[clean(key) as string] = clean(member);
    return copy;
  };
  return clean(value);
}
