/** The address of a member, as `postgres_fdw` takes it. */
import { UsageError } from '../../lib/errors.js';
import { isLocal, withTls } from '../connection/tls.js';

export interface MemberAddress {
  /** Options of the foreign server. */
  readonly server: Readonly<Record<string, string>>;
  /** Options of the user mapping. */
  readonly login: Readonly<Record<string, string>>;
}

const portDefault = '5432';

/** Splits a Postgres URL. Certificates are files on the machine of the federated database's server, which is what connects. */
export function memberAddress(url: string): MemberAddress {
  const parsed = parsePostgresUrl(url);
  const parameter = (name: string) => parsed.searchParams.get(name) ?? undefined;
  const host = parameter('host') ?? decodeURIComponent(parsed.hostname).replace(/^\[(.*)\]$/, '$1');
  const password = decodeURIComponent(parsed.password);
  return {
    server: {
      host: host === '' ? 'localhost' : host,
      port: parsed.port === '' ? portDefault : parsed.port,
      dbname: decodeURIComponent(parsed.pathname.slice(1)),
      ...tlsOptions(url, parsed),
    },
    login: { user: decodeURIComponent(parsed.username), ...(password !== '' && { password }) },
  };
}

/** Throws a UsageError that does not repeat the text, which may hold a password. */
export function parsePostgresUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isComplete = parsed !== undefined && /^postgres(ql)?:$/.test(parsed.protocol) && parsed.pathname.length > 1;
  if (!isComplete || parsed.username === '')
    throw new UsageError(
      'The address of a member is not a Postgres URL. Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE.',
    );
  if (![parsed.username, parsed.password, parsed.hostname, parsed.pathname].every(isDecodable))
    throw new UsageError(
      'The address of a member has a % that encodes nothing. Write special characters in it as %23 (#), %25 (%), %2F (/), %3A (:), %40 (@).',
    );
  return parsed;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** libpq's words for what the program itself would do with the URL. */
function tlsOptions(url: string, parsed: URL): Record<string, string> {
  const { ssl, connectionString } = withTls(url);
  if (ssl === false) return { sslmode: isLocal(parsed) ? 'prefer' : 'disable' };
  const authority = parsed.searchParams.get('sslrootcert') ?? '';
  const isVerified = connectionString?.includes('sslmode=verify-full') ?? true;
  if (isVerified && authority !== '') return { sslmode: 'verify-full', sslrootcert: authority };
  const word = parsed.searchParams.get('sslmode') ?? '';
  return { sslmode: word.startsWith('verify-') ? word : 'require' };
}
