import { groupValues, qualifiersOf, valuesOf } from './api-values.js';
import type { SdkModels, Shape } from './sdk-models.js';

/** Holds answers to what the vendor's SDK declares of them, and to the closed lists of values that the API documents. */
export interface Conformity {
  /** One line for each place that breaks a rule, `path: what is wrong`; indexes are left out, so that a list complains once. */
  violations(value: unknown, shape: Shape, path: string): string[];
}

/** Suffix of models without attributes; their fields have the same values. */
const withoutAttributes = 'WithoutAttributes';
/** Fields that hold an instant are texts to the SDK. */
const instantName = /(?:Date|Time|Timestamp|Start|End)$|^(?:dateCreated|dateModified|emitDate|expires)$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/;
const guidName = /^(?:conversation|participant|session|user|queue|flow|team|division|evaluation|survey)Ids?$/;
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Every division. */
const anyDivision = '*';

export function conformityTo(models: SdkModels): Conformity {
  const violations = (value: unknown, shape: Shape, path: string): string[] => {
    switch (shape.kind) {
      case 'any':
        return [];
      case 'nothing':
        return value === undefined || value === '' ? [] : [`${path}: should be empty`];
      case 'array':
        return Array.isArray(value)
          ? each(value, (one) => violations(one, shape.of, `${path}[]`))
          : [typed(path, shape)];
      case 'map':
        return isObject(value) ? membersOf(value, shape.of, path) : [typed(path, shape)];
      case 'model':
        return isObject(value) ? modelled(value, shape.name, path) : [typed(path, shape)];
      case 'object':
        return isObject(value) ? [] : [typed(path, shape)];
      default:
        return isPlain(value, shape.kind) ? [] : [typed(path, shape)];
    }
  };
  const membersOf = (value: Record<string, unknown>, of: Shape, path: string): string[] =>
    each(Object.entries(value), ([key, one]) => [
      ...violations(one, of, `${path}.${key}`),
      ...(path.endsWith('.group') ? listed(one, groupValues[key], `${path}.${key}`) : []),
    ]);
  const modelled = (value: Record<string, unknown>, model: string, path: string): string[] => {
    const fields = models.fieldsOf(model);
    if (fields === undefined) return [`${path}: the SDK has no model ${model}`];
    const missing = [...fields].filter(([name, field]) => field.isRequired && value[name] === undefined);
    return [
      ...missing.map(([name]) => `${path}.${name}: ${model} requires it`),
      ...each(Object.entries(value), ([name, one]) => {
        const field = fields.get(name);
        if (field === undefined) return [`${path}.${name}: ${model} has no such field`];
        return [...violations(one, field.shape, `${path}.${name}`), ...valued(value, model, name, `${path}.${name}`)];
      }),
    ];
  };
  return { violations };
}

/** Checks a text beyond the SDK's types. */
function valued(owner: Record<string, unknown>, model: string, name: string, path: string): string[] {
  const value = owner[name];
  const found = listed(value, valuesOf[`${model.replace(withoutAttributes, '')}.${name}`], path);
  if (model === 'AggregateMetricData' && name === 'qualifier')
    found.push(...listed(value, qualifiersOf[String(owner.metric)], path));
  for (const text of texts(value)) {
    if (instantName.test(name) && !instant.test(text)) found.push(`${path}: ${text} is not an instant`);
    if (guidName.test(name) && !guid.test(text) && text !== anyDivision) found.push(`${path}: ${text} is not an id`);
  }
  return found;
}

function listed(value: unknown, allowed: ReadonlySet<string> | undefined, path: string): string[] {
  if (allowed === undefined) return [];
  return texts(value)
    .filter((text) => !allowed.has(text))
    .map((text) => `${path}: ${text} is not documented`);
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');
}

function typed(path: string, shape: Shape): string {
  return `${path}: should be ${shape.kind === 'model' ? shape.name : `of type ${shape.kind}`}`;
}

/** Every complaint once. */
function each<T>(list: readonly T[], rule: (one: T) => readonly string[]): string[] {
  return [...new Set(list.flatMap(rule))];
}

function isPlain(value: unknown, kind: 'string' | 'number' | 'boolean'): boolean {
  return typeof value === kind && (kind !== 'number' || Number.isFinite(value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
