type Environment = Readonly<Record<string, string | undefined>>;

/** Each of these indicates a server; `PGPASSWORD` or `PGSSLMODE` alone do not. */
const serverNames = ['PGHOST', 'PGPORT', 'PGDATABASE', 'PGUSER'] as const;
/** Maps standard variables to the URL parameters that they set where the URL does not, as in libpq. */
const parameterByName = {
  PGHOST: 'host',
  PGPORT: 'port',
  PGUSER: 'user',
  PGPASSWORD: 'password',
  PGSSLMODE: 'sslmode',
  PGSSLROOTCERT: 'sslrootcert',
  PGSSLCERT: 'sslcert',
  PGSSLKEY: 'sslkey',
  PGOPTIONS: 'options',
} as const;

/** Returns the fault of `DATABASE_URL`, or undefined. The sentence never repeats the value, which may contain a password. */
export function databaseUrlFault(value: string): string | undefined {
  if (!/^postgres(ql)?:\/\//i.test(value)) return 'is not of the form postgres://user:password@host:5432/database';
  if (!URL.canParse(value) || /%(?![0-9a-f]{2})/i.test(value))
    return 'is not a URL; write special characters in it as %23 (#), %25 (%), %2F (/), %3A (:), %40 (@)';
  if (/[\s#]/.test(value)) return 'contains a space or #; write them as %20 and %23';
  return undefined;
}

/**
 * Returns the address of the database: `DATABASE_URL`, completed or replaced by `PG*`; undefined
 * when neither is set.
 */
export function databaseUrlFrom(environment: Environment): string | undefined {
  const given = environment.DATABASE_URL;
  if (given !== undefined) return applyPgEnvironment(given, environment);
  if (serverNames.every((name) => environment[name] === undefined)) return undefined;
  const database = encodeURIComponent(environment.PGDATABASE ?? '');
  return applyPgEnvironment(`postgres:///${database}`, environment);
}

function applyPgEnvironment(address: string, environment: Environment): string {
  const url = new URL(address);
  const present: Readonly<Record<string, string>> = {
    host: url.hostname,
    port: url.port,
    user: url.username,
    password: url.password,
  };
  const missing = Object.entries(parameterByName).filter(
    ([name, parameter]) => environment[name] && !present[parameter] && !url.searchParams.has(parameter),
  );
  for (const [name, parameter] of missing) url.searchParams.set(parameter, environment[name] ?? '');
  return missing.length > 0 ? url.href : address;
}
