/** Treatment of a kind of personal data before anything is stored. */
export type PrivacyAction = (typeof privacyActions)[number];
export type PrivacyKind = (typeof privacyKinds)[number];

export type PrivacyPolicy = Readonly<Record<PrivacyKind, PrivacyAction>> & {
  /** Key of the keyed hash; present wherever a kind is hashed. */
  readonly key?: string;
};

export const privacyKinds = ['addresses', 'names', 'notes', 'attributes'] as const;
export const privacyActions = ['keep', 'hash', 'drop'] as const;

/** Nothing is hidden. */
export const keepEverything: PrivacyPolicy = Object.freeze({
  addresses: 'keep',
  names: 'keep',
  notes: 'keep',
  attributes: 'keep',
});

/**
 * Parses `addresses=hash,notes=drop`; a kind that is not named is kept. Returns the policy without its key, or its fault as a sentence that
 * continues after the variable's name.
 */
export function parsePrivacy(text: string): PrivacyPolicy | { readonly fault: string } {
  const policy: Record<PrivacyKind, PrivacyAction> = { ...keepEverything };
  const seen = new Set<string>();
  for (const part of text.split(',').map((each) => each.trim())) {
    const [kind = '', action = '', ...rest] = part.split('=').map((each) => each.trim());
    if (!isKind(kind) || !isAction(action) || rest.length > 0)
      return {
        fault: `has the part "${part}"; use ${privacyKinds.join(', ')}, each with =keep, =hash or =drop, separated by commas`,
      };
    if (seen.has(kind)) return { fault: `names ${kind} twice; keep one of them` };
    seen.add(kind);
    policy[kind] = action;
  }
  return policy;
}

/** Writes a policy as `GENESYS_WAREHOUSE_PRIVACY` takes it, every kind named, without its key. */
export const formatPrivacy = (policy: PrivacyPolicy): string =>
  privacyKinds.map((kind) => `${kind}=${policy[kind]}`).join(',');

export const hashes = (policy: PrivacyPolicy): boolean => privacyKinds.some((kind) => policy[kind] === 'hash');

const isKind = (text: string): text is PrivacyKind => (privacyKinds as readonly string[]).includes(text);
const isAction = (text: string): text is PrivacyAction => (privacyActions as readonly string[]).includes(text);
