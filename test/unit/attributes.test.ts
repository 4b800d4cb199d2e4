import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';

const parse = (GENESYS_WAREHOUSE_ATTRIBUTES: string) =>
  parseConfig({ GENESYS_WAREHOUSE_ATTRIBUTES }, { api: false }).attributes;

describe('GENESYS_WAREHOUSE_ATTRIBUTES', () => {
  test('names no attribute by default', () => {
    expect(parseConfig({}, { api: false }).attributes).toEqual([]);
  });

  test('makes a column of each name: small letters, everything else an underscore', () => {
    expect(parse('Reason for call, customer.tier ,SKU-2')).toEqual([
      { name: 'Reason for call', column: 'reason_for_call' },
      { name: 'customer.tier', column: 'customer_tier' },
      { name: 'SKU-2', column: 'sku_2' },
    ]);
  });

  test.each([
    ['a,,b', 'has an empty name; separate names of attributes by single commas'],
    ['2nd contact', 'names "2nd contact", which yields no column name'],
    ['Äöü', 'names "Äöü", which yields no column name'],
    ['a'.repeat(64), 'which yields no column name'],
    ['a'.repeat(201), 'names an attribute of more than 200 characters'],
    ['Day', 'names "Day", but the relation already has a column day'],
    ['tier,tier', 'names "tier" twice'],
    ['Customer tier,customer_tier', 'which yield the same column customer_tier'],
    [Array.from({ length: 51 }, (_, index) => `a${index}`).join(','), 'names 51 attributes; use at most 50'],
  ])('%s is a fault: %s', (value, fault) => {
    expect(() => parse(value)).toThrow(/^GENESYS_WAREHOUSE_ATTRIBUTES /);
    expect(() => parse(value)).toThrow(fault);
  });
});
