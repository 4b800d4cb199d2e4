import type pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import { describeTarget } from './errors.js';

/** Parameters of a URL that concern TLS. An empty one counts as absent: `sslrootcert=$CA` with an unset variable means nothing. */
const tlsParameters = ['sslmode', 'ssl', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation'] as const;
/** Maps each value of `sslmode`. Every mode that encrypts also verifies the certificate, except `no-verify`. */
const modes: Readonly<Record<string, 'off' | 'unverified' | 'verified'>> = {
  disable: 'off',
  'no-verify': 'unverified',
  prefer: 'verified',
  require: 'verified',
  'verify-ca': 'verified',
  'verify-full': 'verified',
};
const negotiations = ['postgres', 'direct'];

/**
 * Resolves the TLS settings of a connection. A server on another machine must support TLS and
 * present a certificate for its name, unless the URL explicitly says otherwise: `sslmode=disable`
 * for none, `sslmode=no-verify` for encryption without verification; `sslrootcert=FILE` names a
 * private authority. A server on this machine is used without TLS unless the URL asks for it.
 * Throws a UsageError for an unknown value.
 */
export function withTls(connectionString: string): Pick<pg.ClientConfig, 'connectionString' | 'ssl'> {
  const url = new URL(connectionString);
  const parameters = url.searchParams;
  for (const name of tlsParameters) if (parameters.get(name)?.trim() === '') parameters.delete(name);
  checkWords(parameters);
  const mode = modeOf(parameters, isLocal(url));
  parameters.delete('ssl');
  // It would give the values libpq's weaker meaning.
  parameters.delete('uselibpqcompat');
  // libpq's value for the system's trusted authorities, which are the driver's default; the driver
  // would look for a file.
  if (parameters.get('sslrootcert') === 'system') parameters.delete('sslrootcert');
  // libpq's default, which the driver would misinterpret.
  if (parameters.get('sslnegotiation') === 'postgres') parameters.delete('sslnegotiation');
  parameters.delete('sslmode');
  if (mode === 'off') {
    for (const name of tlsParameters) parameters.delete(name);
    return { connectionString: url.href, ssl: false };
  }
  parameters.set('sslmode', mode === 'verified' ? 'verify-full' : 'no-verify');
  return { connectionString: url.href };
}

/** Returns true when an unencrypted connection must be refused. */
export function mustEncrypt(connectionString: string): boolean {
  return withTls(connectionString).ssl !== false;
}

/**
 * Checks the open connection itself, independent of the driver's interpretation of the parameters.
 * Throws a UsageError if it must be encrypted and is not.
 */
export function requireEncryption(client: pg.ClientBase, connectionString: string): void {
  const { connection } = client as unknown as { connection?: { stream?: { encrypted?: boolean } } };
  if (!mustEncrypt(connectionString) || connection?.stream?.encrypted === true) return;
  throw new UsageError(
    `The connection to ${describeTarget(connectionString)} is not encrypted. Enable TLS there, or add sslmode=disable to DATABASE_URL if the network is trusted.`,
  );
}

function modeOf(parameters: URLSearchParams, isOnThisMachine: boolean): 'off' | 'unverified' | 'verified' {
  const word = parameters.get('sslmode');
  if (word !== null) return modes[word] as 'off' | 'unverified' | 'verified';
  const isAsked = ['ssl', 'sslrootcert', 'sslcert', 'sslkey'].some((name) => parameters.has(name));
  return isAsked || parameters.get('sslnegotiation') === 'direct' || !isOnThisMachine ? 'verified' : 'off';
}

function checkWords(parameters: URLSearchParams): void {
  const mode = parameters.get('sslmode');
  if (mode !== null && modes[mode] === undefined)
    throw new UsageError(`sslmode=${mode} in DATABASE_URL is not known. Use one of ${Object.keys(modes).join(', ')}.`);
  const ssl = parameters.get('ssl');
  if (ssl !== null && ssl !== 'true')
    throw new UsageError(`ssl=${ssl} in DATABASE_URL is not known. Use sslmode=disable, no-verify or verify-full.`);
  const negotiation = parameters.get('sslnegotiation');
  if (negotiation !== null && !negotiations.includes(negotiation))
    throw new UsageError(`sslnegotiation=${negotiation} in DATABASE_URL is not known. Use postgres or direct.`);
}

/** Returns true without a host, for a socket, and for a name of the loopback interface. */
export function isLocal(url: URL): boolean {
  const host = (url.searchParams.get('host') ?? decodeURIComponent(url.hostname)).replace(/^\[(.*)\]$/, '$1');
  return host === '' || host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}
