import type { JsonObject } from '../api.js';

/** Builds the filter of a query that matches any of `values` of one dimension, such as `queueId`. */
export function anyOf(dimension: string, values: readonly string[]): JsonObject {
  const predicates = values.map((value) => ({ type: 'dimension', dimension, operator: 'matches', value }));
  return { type: 'or', predicates };
}
