import type pg from 'pg';

const tlsParameters = ['sslmode', 'ssl', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation'];
/** What the driver takes for `verify-full` anyway, but not without a warning of twelve lines. */
const verifyingModes = ['prefer', 'require', 'verify-ca'];

/**
 * The TLS of a connection. A server on another machine must speak TLS and prove its name, unless the URL says otherwise:
 * `sslmode=disable` for none, `sslmode=no-verify` for encryption without proof, `sslrootcert=FILE` for a private
 * authority. `prefer`, `require` and `verify-ca` verify like `verify-full`; libpq's weaker meaning of them needs
 * `uselibpqcompat=true` as well. A server on this machine is spoken to without TLS unless the URL asks for it.
 */
export function withTls(connectionString: string): Pick<pg.ClientConfig, 'connectionString' | 'ssl'> {
  const url = new URL(connectionString);
  const parameters = url.searchParams;
  if (!tlsParameters.some((name) => parameters.has(name))) return { connectionString, ssl: !isLocal(url) };
  // libpq's word for the authorities that the system trusts, which are the driver's default; it would look for a file.
  if (parameters.get('sslrootcert') === 'system') {
    parameters.delete('sslrootcert');
    parameters.set('sslmode', 'verify-full');
  }
  const isCompatible = parameters.get('uselibpqcompat') === 'true';
  if (!isCompatible && verifyingModes.includes(parameters.get('sslmode') ?? ''))
    parameters.set('sslmode', 'verify-full');
  return { connectionString: url.href };
}

/** No host, a socket, or a name of the loopback interface. */
export function isLocal(url: URL): boolean {
  const host = (url.searchParams.get('host') ?? decodeURIComponent(url.hostname)).replace(/^\[(.*)\]$/, '$1');
  return host === '' || host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}
