/** Lists the members of the API's JSON that are personal data, by kind, as `docs/security.md` does. */
import type { PrivacyKind } from './policy.js';

const byKind: Readonly<Record<PrivacyKind, string>> = {
  addresses: `
    addressFrom addressOther addressSelf addressTo ani bcc callbackNumber callbackNumbers callerId cc destinationAddresses dnis
    journeyCustomerId remote screenShareAddressSelf sessionDnis transferTargetAddress videoAddressSelf
    addresses email phone phoneNumber primaryContactInfo username chat`,
  names: `
    aniName callbackUserName callerIdName contactName customerName externalContactName firstName lastName remoteName
    remoteNameDisplayable`,
  notes: 'agentComments comment comments note notes privateComments subject wrapUpNote',
  attributes: 'attributes customAttributes participantData properties',
};

const kinds = new Map<string, PrivacyKind | undefined>();
for (const [kind, keys] of Object.entries(byKind)) {
  for (const key of keys.trim().split(/\s+/)) kinds.set(key, kind as PrivacyKind);
}

/** Genesys adds members; those whose name suggests an address are treated as one. */
const soundsLikeAddress = /address|phone|e164|e-?mail$|dnis|callerid$/i;
const knownKeysMax = 10_000;

/** Returns the kind of personal data under a key, at any level of the record; undefined for most keys. */
export function kindOfKey(key: string): PrivacyKind | undefined {
  if (kinds.has(key)) return kinds.get(key);
  const kind = soundsLikeAddress.test(key) ? 'addresses' : undefined;
  // Attribute names are keys too and may be anything.
  if (kinds.size < knownKeysMax) kinds.set(key, kind);
  return kind;
}

/** Matches an address. The entry reason of a flow is one, or the id of a user or another flow. */
const looksLikeAddress = /@|^(?:tel|sip|sips):|^[+\d][\d\s().\-/]{3,}$/;

/** Returns the kind of the value under a key of `holder`, including keys whose kind depends on more than the key. */
export function kindOfValue(
  key: string,
  value: unknown,
  holder: Readonly<Record<string, unknown>>,
): PrivacyKind | undefined {
  if (key === 'participantName') return isExternalContact(holder.purpose) ? 'names' : undefined;
  if (key === 'entryReason') return typeof value === 'string' && looksLikeAddress.test(value) ? 'addresses' : undefined;
  return kindOfKey(key);
}

/** Purposes of the organisation's own participants, whose names (agents, queues, flows) reports need. */
const ownPurposes = new Set(
  'acd agent api botflow campaign dialer group ivr station system user voicemail voicesurveyflow workflow'.split(' '),
);

/** Returns true if `participantName` is the name of somebody outside the organisation; also for unknown purposes. */
const isExternalContact = (purpose: unknown): boolean => typeof purpose !== 'string' || !ownPurposes.has(purpose);
