/** Text that replaces secrets. */
export const redacted = '[redacted]';

/**
 * Minimum length of literals to search for: shorter ones would match ordinary words and digits,
 * which garbles the text and reveals the secret by its absence. Passwords of any length are still
 * found by their position, such as in a Postgres URL.
 */
const secretLengthMin = 6;
const literalsMax = 8;
// Lengths are limited so that a hostile text cannot make the search slow.
const secretKey = /^[\w.$-]{0,64}(?:secret|token|authorization|password)[\w.$-]{0,64}$/i;
const secretMember = /("[\w.$-]{0,64}(?:secret|token|authorization|password)[\w.$-]{0,64}"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;
const urlPassword = /(\bpostgres(?:ql)?:\/\/[^\s:/@"]*:)[^\s"]*(?=@)/gi;
const passwordParameter = /\b((?:password|client_secret|access_token|refresh_token)=)[^\s&"']+/gi;
const credentials = /\b((?:bearer|basic)\s+)[\w.~+/=-]{8,}/gi;

/** Replaces the given literals, including their escaped forms in URLs and JSON. */
export function redactLiterals(text: string, secrets: readonly (string | undefined)[]): string {
  return secrets
    .filter((secret) => secret !== undefined && secret.length >= secretLengthMin)
    .flatMap((secret) => writings(secret as string))
    .sort((a, b) => b.length - a.length)
    .reduce((cleaned, writing) => cleaned.replaceAll(writing, redacted), text);
}

/**
 * Replaces what looks like a secret (members of JSON named like one, passwords in Postgres URLs and in parameters,
 * bearer and basic credentials) and the given literals. The rest of the text stays.
 */
export function redactText(text: string, secrets: readonly string[] = []): string {
  const byLook = text
    .replace(secretMember, `$1"${redacted}"`)
    .replace(urlPassword, `$1${redacted}`)
    .replace(passwordParameter, `$1${redacted}`)
    .replace(credentials, `$1${redacted}`);
  return redactLiterals(byLook, secrets);
}

/** Cleans one text; `key` is the name of the nearest member that holds it. */
export type Clean = (text: string, key: string) => string;

/** Cleans the string values of a parsed JSON document; keys, numbers and structure stay as they are. */
export function cleanValues(value: unknown, clean: Clean, key = ''): unknown {
  if (typeof value === 'string') return secretKey.test(key) ? redacted : clean(value, key);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => cleanValues(item, clean, key));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cleanValues(member, clean, name)]));
}

function writings(secret: string): string[] {
  return [...new Set([secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)])];
}

/** Removes the secrets of one API client from texts that reach logs and errors. Tokens are added as they are issued. */
export class Redactor {
  readonly #secrets = new Set<string>();

  constructor(...secrets: readonly string[]) {
    for (const secret of secrets) this.add(secret);
  }

  add(secret: string | undefined): void {
    if (secret) this.#secrets.add(secret);
    if (this.#secrets.size > literalsMax) this.#dropOldestToken();
  }

  apply(text: string): string {
    return redactText(text, [...this.#secrets]);
  }

  // The first entry is the client's own secret, which is never dropped.
  #dropOldestToken(): void {
    const [, oldest] = this.#secrets;
    if (oldest) this.#secrets.delete(oldest);
  }
}
