import { createHash, randomBytes } from 'node:crypto';

/** Binds the result of an authorization to the process that requested it: RFC 7636 (S256) and `state`. */
export interface Pkce {
  readonly verifier: string;
  readonly challenge: string;
  readonly state: string;
}

const verifierBytes = 48;
const stateBytes = 24;

export function createPkce(): Pkce {
  const verifier = randomBytes(verifierBytes).toString('base64url');
  return { verifier, challenge: challengeOf(verifier), state: randomBytes(stateBytes).toString('base64url') };
}

export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** Returns the address that a person opens in a browser to authorize the client. `loginUrl` has no trailing slash. */
export function authorizeUrl(loginUrl: string, clientId: string, redirectUri: string, pkce: Pkce): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state: pkce.state,
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
  });
  return `${loginUrl}/oauth/authorize?${query}`;
}
