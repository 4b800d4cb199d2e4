/** Removes secrets from texts that reach logs and errors. Tokens are added as they are issued. */
export class Redactor {
  readonly #secrets = new Set<string>();

  constructor(...secrets: readonly string[]) {
    for (const secret of secrets) this.add(secret);
  }

  add(secret: string | undefined): void {
    // A short "secret" (a test's, or an empty one) would blank out innocent words.
    if (secret && secret.length >= secretLengthMin) this.#secrets.add(secret);
    if (this.#secrets.size > secretCountMax) this.#dropOldestToken();
  }

  apply(text: string): string {
    let clean = text.replace(/\b(Bearer|Basic)\s+[\w+/=.~-]+/gi, '$1 [redacted]');
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, '[redacted]');
    return clean;
  }

  // The first entry is the client's own secret, which never goes.
  #dropOldestToken(): void {
    const [, oldest] = this.#secrets;
    if (oldest) this.#secrets.delete(oldest);
  }
}

const secretLengthMin = 6;
const secretCountMax = 8;
