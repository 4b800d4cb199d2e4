import type { CatalogColumn } from '../model/catalog.js';
import type { CatalogTable } from './tables.js';

/** A signed column of a sum. */
export interface Term {
  readonly sign: '+' | '-';
  readonly column: string;
}

/** A rate or an average as a quotient of sums, so that it is correct over any set of rows. */
export interface Ratio {
  readonly column: CatalogColumn;
  readonly numerator: readonly Term[];
  readonly denominator: readonly Term[];
}

const ratioName = /^average_|_rate$/;
const side = String.raw`\w+|\(\w+(?: [-+] \w+)*\)`;
const quotient = new RegExp(`(${side}) / (${side})`, 'g');

/**
 * Returns the rates and averages of a relation that are quotients of its additive columns. The
 * description of each states the quotient, such as `handle_seconds / handled_count`; one that
 * names other columns than additive ones gives no ratio, because its sum over rows means nothing.
 */
export function ratiosOf({ columns }: Pick<CatalogTable, 'columns'>): Ratio[] {
  const additive = new Set(columns.filter(({ isAdditive }) => isAdditive).map(({ column }) => column));
  return columns.filter(({ column }) => ratioName.test(column)).flatMap((column) => ratioOf(column, additive) ?? []);
}

function ratioOf(column: CatalogColumn, additive: ReadonlySet<string>): Ratio | undefined {
  return [...column.description.matchAll(quotient)]
    .map(([, above = '', below = '']) => ({ column, numerator: termsOf(above), denominator: termsOf(below) }))
    .find(({ numerator, denominator }) => [...numerator, ...denominator].every((term) => additive.has(term.column)));
}

function termsOf(text: string): Term[] {
  return [...text.matchAll(/(?:([-+]) )?(\w+)/g)].map(([, sign, column = '']) => ({
    sign: sign === '-' ? '-' : '+',
    column,
  }));
}

/** Writes a sum with `write` for each column, such as `sum(a) - sum(b)`. */
export function writeSum(terms: readonly Term[], write: (column: string) => string): string {
  return terms.map(({ sign, column }, no) => `${no === 0 ? '' : ` ${sign} `}${write(column)}`).join('');
}
