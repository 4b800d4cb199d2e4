import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Reads the models from the installed declarations of the vendor's SDK, so that no copy of them has to be maintained. */

export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'object' | 'any' | 'nothing' }
  | { readonly kind: 'array' | 'map'; readonly of: Shape }
  | { readonly kind: 'model'; readonly name: string };

export interface Field {
  readonly shape: Shape;
  readonly isRequired: boolean;
}

export interface SdkModels {
  /** By field; undefined when the SDK has no such model. */
  fieldsOf(model: string): ReadonlyMap<string, Field> | undefined;
  /** Returns the declared result of an API method, e.g. `UsersApi.getUsers`. Throws when the SDK has no such method. */
  answerOf(method: string): Shape;
}

const declarations = 'purecloud-platform-client-v2/index.d.ts';
const fieldPattern = /^\s*"([^"]+)"(\?)?: (.+);$/;

/** Reads the installed declarations; some two million characters, a tenth of a second. */
export function readSdkModels(): SdkModels {
  const text = readFileSync(createRequire(import.meta.url).resolve(declarations), 'utf8');
  const modelsAt = text.indexOf('declare namespace Models {');
  if (modelsAt < 0) throw new Error('The declarations of the SDK have no namespace Models.');
  const models = interfacesIn(text.slice(modelsAt));
  const answers = answersIn(text.slice(0, modelsAt));
  return {
    fieldsOf: (model) => models.get(model),
    answerOf: (method) => {
      const type = answers.get(method);
      if (type === undefined) throw new Error(`The SDK has no method ${method}.`);
      return shapeOf(type);
    },
  };
}

function interfacesIn(text: string): Map<string, Map<string, Field>> {
  const found = new Map<string, Map<string, Field>>();
  let fields = new Map<string, Field>();
  for (const line of text.split('\n')) {
    const opened = /^\s*export interface (\w+)\b/.exec(line);
    if (opened !== null) {
      fields = new Map();
      found.set(opened[1] as string, fields);
      continue;
    }
    const field = fieldPattern.exec(line.trimEnd());
    if (field === null) continue;
    const [, name, optional, type] = field as unknown as [string, string, string | undefined, string];
    fields.set(name, { shape: shapeOf(type), isRequired: optional === undefined });
  }
  return found;
}

/** Types as they are written: the login's are none that we have to understand. */
function answersIn(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let api = '';
  for (const line of text.split('\n')) {
    const opened = /^declare class (\w+)/.exec(line.trim());
    if (opened !== null) api = opened[1] as string;
    const method = /^(\w+)\(.*\): Promise<(.+)>;$/.exec(line.trim());
    if (method !== null) found.set(`${api}.${method[1]}`, method[2] as string);
  }
  return found;
}

/** Parses a type as these declarations write it. Throws for any other syntax, which would otherwise check nothing. */
export function shapeOf(type: string): Shape {
  const text = type.trim();
  if (text === 'string' || text === 'number' || text === 'boolean' || text === 'object' || text === 'any')
    return { kind: text };
  if (text === 'void') return { kind: 'nothing' };
  const list = /^Array<(.+)>$/.exec(text);
  if (list !== null) return { kind: 'array', of: shapeOf(list[1] as string) };
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(text) ?? /^Record<string, (.+)>$/.exec(text);
  if (map !== null) return { kind: 'map', of: shapeOf(map[1] as string) };
  const model = /^Models\.(\w+)$/.exec(text);
  if (model !== null) return { kind: 'model', name: model[1] as string };
  throw new Error(`The declarations of the SDK hold a type that is not understood: ${text}`);
}
