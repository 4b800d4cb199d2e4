import { quote } from '../lib/text.js';
import type { Relation, RelationColumn } from '../model/mart-query.js';
import {
  isAdditive,
  type ReportFilter,
  type ReportMeasure,
  type ReportSpec,
  ratioOf,
  reportFunctions,
  reportOperators,
  reportSteps,
  timeOf,
} from '../model/mart-report.js';
import { isDay, isTime, RequestFault } from './values.js';

const columnsMax = 40;
const filtersMax = 20;
const valueLengthMax = 200;
const names = ['relation', 'by', 'measures', 'step', 'from', 'to', 'where'];

/** The report that an address asks for, held to the dictionary. Throws a RequestFault that names what it does not know. */
export function reportFrom(query: URLSearchParams, relations: ReadonlyMap<string, Relation>): ReportSpec {
  for (const name of query.keys())
    if (!names.includes(name)) throw new RequestFault(`${quote(name)} is not asked for here; use ${names.join(', ')}.`);
  const relation = relations.get(query.get('relation') ?? '');
  if (relation === undefined) throw new RequestFault(`There is no relation ${quote(query.get('relation'))}.`);
  const by = listOf(query, 'by').map((name) => columnOf(relation, name).name);
  const measures = listOf(query, 'measures').map((written) => measureOf(relation, written));
  if (by.length + measures.length === 0) throw new RequestFault('A report has at least one column or figure.');
  if (by.length + measures.length > columnsMax)
    throw new RequestFault(`A report has at most ${columnsMax} columns and figures.`);
  const [step, from, to] = [stepOf(query, relation), timeText(query, 'from'), timeText(query, 'to')];
  return {
    relation: relation.name,
    by,
    measures,
    filters: filtersOf(query, relation),
    ...(step !== undefined && { step }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

function listOf(query: URLSearchParams, name: string): string[] {
  return (query.get(name) ?? '').split(',').filter((part) => part !== '');
}

function columnOf(relation: Relation, name: string): RelationColumn {
  const column = relation.columns.find((each) => each.name === name);
  if (column === undefined) throw new RequestFault(`${relation.name} has no column ${quote(name)}.`);
  return column;
}

/** `sum:handle_seconds`, or `count` for the number of rows. */
function measureOf(relation: Relation, written: string): ReportMeasure {
  if (written === 'count') return { function: 'count' };
  const [word, name = ''] = written.split(':');
  const known = reportFunctions.find((each) => each === word);
  if (known === undefined) throw new RequestFault(`${quote(word)} is not a figure; use ${reportFunctions.join(', ')}.`);
  const column = columnOf(relation, name);
  if (known !== 'count' && column.type !== 'number')
    throw new RequestFault(`${column.name} is not a number; it can only be counted.`);
  if (known === 'ratio' && ratioOf(relation, column.name) === undefined)
    throw new RequestFault(`${relation.name}.${column.name} cannot be made again for groups of rows.`);
  if (known === 'sum' && !isAdditive(column.name, column.type))
    throw new RequestFault(`${column.name} must not be summed; use ratio, median or p90.`);
  return { function: known, column: column.name };
}

function stepOf(query: URLSearchParams, relation: Relation): ReportSpec['step'] {
  const given = query.get('step') ?? '';
  if (given === '') return undefined;
  const step = reportSteps.find((each) => each === given);
  if (step === undefined) throw new RequestFault(`${quote(given)} is not a step; use ${reportSteps.join(', ')}.`);
  if (timeOf(relation) === undefined) throw new RequestFault(`${relation.name} has no time to group by.`);
  return step;
}

function timeText(query: URLSearchParams, name: string): string | undefined {
  const given = query.get(name) ?? '';
  if (given === '') return undefined;
  if (isDay(given) || (isTime(given) && !given.endsWith('Z'))) return given;
  throw new RequestFault(`${name} is ${quote(given)}; use a day or a local time such as 2026-01-31T08:00.`);
}

/** `queue_name:is:Billing`, one for each `where`. */
function filtersOf(query: URLSearchParams, relation: Relation): ReportFilter[] {
  const given = query.getAll('where').filter((each) => each !== '');
  if (given.length > filtersMax) throw new RequestFault(`A report has at most ${filtersMax} filters.`);
  return given.map((written) => {
    const [name = '', word, ...rest] = written.split(':');
    const value = rest.join(':');
    const column = columnOf(relation, name);
    const operator = reportOperators.find((each) => each === word);
    if (operator === undefined)
      throw new RequestFault(`${quote(word)} is not a filter; use ${reportOperators.join(', ')}.`);
    if (value.length > valueLengthMax || /\p{Cc}/u.test(value))
      throw new RequestFault(`The value of the filter on ${name} is too long or holds control characters.`);
    const isNumeric = operator === 'least' || operator === 'most';
    if (isNumeric && (column.type !== 'number' || !/^-?\d{1,15}(\.\d{1,6})?$/.test(value)))
      throw new RequestFault(`${name} ${operator} needs a number and a column of numbers.`);
    return { column: name, operator, value };
  });
}
