import { quote } from '../lib/text.js';
import type { ParameterType, QueryParameter, QueryValues } from '../model/mart-query.js';

/** Reports a request that a query does not accept, in one sentence for the page. */
export class RequestFault extends Error {
  override readonly name = 'RequestFault';
}

type Value = string | number | readonly string[];

const listLengthMax = 200;
const textLengthMax = 200;
const integerMax = 100_000;
const yearMin = 2000;
const yearMax = 2100;
const dayForm = /^(\d{4})-(\d{2})-(\d{2})$/;
/** Local, or with the letter of UTC; a day alone is its midnight. */
const timeForm = /^(\d{4}-\d{2}-\d{2})(?:T([01]\d|2[0-3]):([0-5]\d)(:[0-5]\d(\.\d{1,6})?)?(Z?))?$/;
const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Checks the values of an address against what a query declares. Throws a RequestFault that names the first that is wrong. */
export function valuesFrom(
  query: URLSearchParams,
  parameters: readonly QueryParameter[],
  timeZone: string,
): QueryValues {
  const own = parameters.filter((parameter) => parameter.type !== 'zone');
  for (const name of new Set(query.keys())) {
    if (!own.some((parameter) => parameter.name === name))
      throw new RequestFault(`${quote(name)} is not asked for here; ${known(own)}.`);
  }
  return Object.fromEntries(own.map((parameter) => [parameter.name, checkedValue(query, parameter, timeZone)]));
}

function known(parameters: readonly QueryParameter[]): string {
  return parameters.length === 0
    ? 'this query takes nothing'
    : `this query takes ${parameters.map(({ name }) => name).join(', ')}`;
}

function checkedValue(query: URLSearchParams, { name, type, isOptional }: QueryParameter, timeZone: string) {
  const given = query.getAll(name).filter((value) => value !== '');
  if (given.length === 0) {
    if (isOptional) return undefined;
    throw new RequestFault(`${name} is missing.`);
  }
  const value = readers[type](given, timeZone);
  if (value === undefined) throw new RequestFault(`${name} is ${quote(given.join(', '))}; use ${forms[type]}.`);
  return value;
}

const forms: Readonly<Record<ParameterType, string>> = {
  day: 'a day such as 2026-01-31',
  instant: 'a time such as 2026-01-31T08:00',
  text: `at most ${textLengthMax} characters`,
  uuid: 'an id such as 123e4567-e89b-42d3-a456-426614174000',
  integer: `a whole number up to ${integerMax}`,
  texts: `at most ${listLengthMax} words`,
  uuids: `at most ${listLengthMax} ids`,
  zone: 'nothing',
};

const readers: Readonly<Record<ParameterType, (given: readonly string[], timeZone: string) => Value | undefined>> = {
  day: (given) => single(given, isDay),
  instant: (given, timeZone) => instantOf(single(given, isTime), timeZone),
  text: (given) => single(given, isText),
  uuid: (given) => single(given, isUuid),
  integer: (given) => integerOf(single(given, (value) => /^\d{1,6}$/.test(value))),
  texts: (given) => several(given, isText),
  uuids: (given) => several(given, isUuid),
  zone: () => undefined,
};

function single(given: readonly string[], accepts: (value: string) => boolean): string | undefined {
  const [value, ...more] = given;
  return value !== undefined && more.length === 0 && accepts(value) ? value : undefined;
}

/** Splits values: ids may be separated by commas in one value, because an address has only so many characters. */
function several(given: readonly string[], accepts: (value: string) => boolean): readonly string[] | undefined {
  const values = given.flatMap((value) => value.split(','));
  return values.length <= listLengthMax && values.every(accepts) ? values : undefined;
}

function integerOf(text: string | undefined): number | undefined {
  return text === undefined || Number(text) > integerMax ? undefined : Number(text);
}

/** Postgres reads a local time with the name of its zone, daylight saving included. */
function instantOf(text: string | undefined, timeZone: string): string | undefined {
  if (text === undefined || text.endsWith('Z')) return text;
  return `${text.includes('T') ? text : `${text}T00:00`} ${timeZone}`;
}

export function isDay(value: string): boolean {
  const [, year, month, day] = dayForm.exec(value) ?? [];
  const at = new Date(`${value}T00:00:00Z`);
  return (
    Number(year) >= yearMin &&
    Number(year) <= yearMax &&
    at.getUTCMonth() + 1 === Number(month) &&
    at.getUTCDate() === Number(day)
  );
}

export function isTime(value: string): boolean {
  const [, day] = timeForm.exec(value) ?? [];
  return day !== undefined && isDay(day);
}

export const isUuid = (value: string): boolean => uuidForm.test(value);

/** Control characters (a NUL above all, which Postgres refuses) are nobody's search. */
function isText(value: string): boolean {
  return value.length <= textLengthMax && !/\p{Cc}/u.test(value);
}
