import { type NamedQuery, type ParameterType, parameterTypes, type QueryParameter } from '../../model/mart-query.js';

/**
 * A named query as its file says it. The file begins with comment lines: the first states the grain, and then
 *
 *     -- @parameters day: day, queues: uuids?      `?` marks what may be left out
 *     -- @definitions rpt_queue_days dim_queues    where definitions of its columns are looked up, in this order
 *     -- @column waiting_count: Contacts …         the definition of a column that no relation has under this name
 *     -- @personal                                 only for a role with genesys_personal
 *
 * and the text names its parameters as `:day`.
 */
export interface QueryText extends NamedQuery {
  readonly text: string;
  readonly relations: readonly string[];
  readonly ownDefinitions: ReadonlyMap<string, string>;
}

/** The Postgres type that a value is cast to. */
export const postgresTypes: Readonly<Record<ParameterType, string>> = {
  day: 'date',
  instant: 'timestamptz',
  text: 'text',
  uuid: 'uuid',
  integer: 'integer',
  texts: 'text[]',
  uuids: 'uuid[]',
  zone: 'text',
};

/** Matches a colon before a name, except the second colon of a cast. */
const placeholder = /(?<!:):([a-z_]+)\b/g;

/** Parses a query file. Throws for an unknown type, and for a parameter that is missing or unused. */
export function parseQueryText(name: string, content: string): QueryText {
  const lines = content.split('\n');
  const start = lines.findIndex((line) => !line.startsWith('--'));
  const header = lines.slice(0, start).map((line) => line.slice(2).trim());
  const text = lines.slice(start).join('\n').trim().replace(/;$/, '');
  const parameters = listOf(header, '@parameters', ',').map((written) => parseParameter(name, written));
  const used = new Set([...text.matchAll(placeholder)].map((match) => match[1] ?? ''));
  const declared = parameters.map((parameter) => parameter.name);
  for (const one of [...used].filter((each) => !declared.includes(each)))
    throw new Error(`Query ${name} uses :${one}, which its header does not declare.`);
  for (const one of declared.filter((each) => !used.has(each)))
    throw new Error(`Query ${name} declares ${one} and does not use it.`);
  return {
    name,
    title: header[0] ?? '',
    parameters,
    isPersonal: header.includes('@personal'),
    relations: listOf(header, '@definitions', ' '),
    ownDefinitions: new Map(header.flatMap(ownDefinition)),
    text,
  };
}

/** Returns the statement with `$1`, `$2` … in the order of the declared parameters, each cast to its type. */
export function numberedStatement({ text, parameters }: QueryText): string {
  return expandPlaceholders(text, (name) => {
    const index = parameters.findIndex((parameter) => parameter.name === name);
    return `$${index + 1}::${postgresTypes[parameters[index]?.type ?? 'text']}`;
  });
}

export function expandPlaceholders(text: string, write: (name: string) => string): string {
  return text.replaceAll(placeholder, (_, name: string) => write(name));
}

function listOf(header: readonly string[], tag: string, separator: string): string[] {
  return header
    .filter((line) => line.startsWith(`${tag} `))
    .flatMap((line) => line.slice(tag.length).split(separator))
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function parseParameter(query: string, written: string): QueryParameter {
  const [, name, type, mark] = /^([a-z_]+): ([a-z]+)(\??)$/.exec(written) ?? [];
  const known = parameterTypes.find((each) => each === type);
  if (name === undefined || known === undefined)
    throw new Error(`Query ${query} declares ${written}; write name: type with one of ${parameterTypes.join(', ')}.`);
  return { name, type: known, isOptional: mark === '?' };
}

function ownDefinition(line: string): [string, string][] {
  const [, name, words] = /^@column ([a-z_0-9]+): (.+)$/.exec(line) ?? [];
  return name === undefined || words === undefined ? [] : [[name, words]];
}
