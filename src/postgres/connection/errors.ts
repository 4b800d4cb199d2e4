import { asError, OutageError, UsageError } from '../../lib/errors.js';

interface Described {
  /** Completes "The database at HOST …". */
  readonly fault: string;
  readonly remedy: string;
  /** True if the same settings may work again soon, such as during a restart of the server. */
  readonly isAway?: boolean;
}

const unreachable =
  'check the host and port in DATABASE_URL, and that the server is running and accepts connections from this host';
const untrusted = 'give the authority with sslrootcert=FILE, or accept any certificate with sslmode=no-verify';

/** By Node's or Postgres' own code. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const describedByCode: Readonly<Record<string, Described>> = {
  ECONNREFUSED: { fault: 'refuses connections', remedy: unreachable, isAway: true },
  ECONNRESET: { fault: 'reset the connection', remedy: unreachable, isAway: true },
  EPIPE: { fault: 'reset the connection', remedy: unreachable, isAway: true },
  EHOSTUNREACH: { fault: 'cannot be reached', remedy: unreachable, isAway: true },
  ENETUNREACH: { fault: 'cannot be reached', remedy: unreachable, isAway: true },
  ETIMEDOUT: { fault: 'does not answer', remedy: unreachable, isAway: true },
  ENOTFOUND: { fault: 'has a host name that cannot be resolved (DNS)', remedy: 'check the host in DATABASE_URL' },
  EAI_AGAIN: {
    fault: 'has a host name that could not be looked up',
    remedy: 'check the host and the name server',
    isAway: true,
  },
  '28P01': { fault: 'refuses the user name or password', remedy: 'check both in DATABASE_URL' },
  '28000': { fault: 'refuses this user', remedy: 'check user and sslmode, or let the user in (pg_hba.conf)' },
  '3D000': { fault: 'does not exist', remedy: 'create it (create database …) or correct its name in DATABASE_URL' },
  '42501': {
    fault: 'refuses what this role wants to do',
    remedy: 'use a role that owns the database, or grant it create',
  },
  '25006': { fault: 'is read-only (a standby?)', remedy: 'point DATABASE_URL at the primary' },
  '53300': {
    fault: 'has no free connection slots (max_connections)',
    remedy: 'lower GENESYS_WAREHOUSE_CONCURRENCY or raise max_connections',
    isAway: true,
  },
  '57P03': { fault: 'is starting up or shutting down', remedy: 'try again in a minute', isAway: true },
  EPROTO: {
    fault: 'breaks off the TLS handshake',
    remedy: 'check that DATABASE_URL names the Postgres server itself, and that nobody changes what it sends',
  },
  CERT_HAS_EXPIRED: { fault: 'has a certificate that has expired', remedy: 'renew it' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    fault: 'has a certificate for another host name',
    remedy: 'use the name in the certificate, or accept any with sslmode=no-verify',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: { fault: 'has a self-signed certificate', remedy: untrusted },
  SELF_SIGNED_CERT_IN_CHAIN: { fault: 'has a certificate of an unknown authority', remedy: untrusted },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { fault: 'has a certificate of an unknown authority', remedy: untrusted },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { fault: 'has a certificate of an unknown authority', remedy: untrusted },
};

/** Matches messages of the driver that have no code. */
const describedByMessage: readonly (readonly [RegExp, Described])[] = [
  [
    /does not support SSL/,
    {
      fault: 'does not support TLS, which is required for remote servers',
      remedy: 'turn TLS on there, or add sslmode=disable to DATABASE_URL if the network is trusted',
    },
  ],
  [/timeout/i, { fault: 'does not answer', remedy: unreachable, isAway: true }],
  [/password must be a/, { fault: 'asks for a password', remedy: 'put one into DATABASE_URL or PGPASSWORD' }],
  [/^Connection terminated/, { fault: 'reset the connection', remedy: unreachable, isAway: true }],
];

/**
 * Converts the error into one sentence for the person who configured the connection, without the
 * password: an OutageError if the database may be back soon, a UsageError for a configuration
 * error. Returns unknown errors unchanged. `target` is the result of `describeTarget`.
 */
export function describeConnectionError(thrown: unknown, target: string): Error {
  const error = asError(thrown) as NodeJS.ErrnoException;
  if (error instanceof UsageError) return error;
  if (error.code === 'ENOENT') return missing(error, target);
  const described =
    describedByCode[error.code ?? ''] ?? describedByMessage.find(([pattern]) => pattern.test(error.message))?.[1];
  if (described === undefined) return error;
  const { fault, remedy, isAway = false } = described;
  return faultOf(`The database at ${target} ${fault} (${error.message || error.code}); ${remedy}`, isAway, error);
}

function faultOf(message: string, isAway: boolean, cause: Error): Error {
  return isAway ? new OutageError(message, 'database', { cause }) : new UsageError(message, { cause });
}

/** Describes a connection URL for messages, such as `db.example.com:5432/warehouse as app`. */
export function describeTarget(connectionString: string): string {
  const url = new URL(connectionString);
  const parameter = (name: string) => url.searchParams.get(name);
  const host = parameter('host') ?? (url.hostname || 'localhost');
  const port = parameter('port') ?? (url.port || '5432');
  const user = parameter('user') ?? decodeURIComponent(url.username);
  const database = decodeURIComponent(url.pathname.slice(1)) || user;
  return `${host}:${port}/${database}${user === '' ? '' : ` as ${user}`}`;
}

function missing(error: NodeJS.ErrnoException, target: string): Error {
  // A server that restarts removes its socket.
  if (error.syscall === 'connect')
    return faultOf(`No server listens on the socket of the database at ${target}; ${unreachable}`, true, error);
  const file = `${error.path} is missing, which the URL of ${target} names as a certificate or key; correct its path`;
  return faultOf(file, false, error);
}

const ownRelation = /(?:relation|schema|function) "?(?:genesys|mart|extract|wrapup)\b/;
const missingCodes = ['42P01', '3F000', '42883'];

/** Returns one sentence about a database that was not migrated, or not by this version; undefined for other errors. */
export function describeMissingSchema(thrown: unknown): string | undefined {
  const { code, message } = asError(thrown) as NodeJS.ErrnoException;
  if (!missingCodes.includes(code ?? '') || !ownRelation.test(message)) return undefined;
  return `The database has no warehouse of this version (${message}). Run genesys-warehouse migrate, or sync.`;
}
