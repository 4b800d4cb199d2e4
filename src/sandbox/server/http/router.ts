import type { JsonObject } from '../../world.js';
import type { Answer } from './answer.js';
import { badRequest } from './api-fault.js';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  readonly bodyText: string;
  /** The request's number since the start; the only source of chance in faults. */
  readonly counter: number;
  readonly correlationId: string;
  readonly token: string;
  readonly clientId: string;
  /** The user who is logged in; undefined where a client speaks for itself. */
  readonly userId: string | undefined;
}

/** `any`: one of these is enough; `all`: every one is needed. Empty: the endpoint asks for none. */
export interface Permissions {
  readonly mode: 'any' | 'all';
  readonly names: readonly string[];
}

export interface Route {
  readonly method: string;
  /** With `{name}` for a path parameter. */
  readonly path: string;
  /** Our name of the call, as seen in the request log. */
  readonly operation: string;
  readonly permissions: Permissions;
  handle(call: Call): Answer | Promise<Answer>;
}

export const noPermissions: Permissions = { mode: 'any', names: [] };
export const anyOf = (...names: string[]): Permissions => ({ mode: 'any', names });
export const allOf = (...names: string[]): Permissions => ({ mode: 'all', names });

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export type Matcher = (method: string, path: string) => Match | 'method' | undefined;

/** `'method'` says that the path exists but not with this method. A literal segment wins over a parameter. */
export function createMatcher(routes: readonly Route[]): Matcher {
  const byPath = new Map<string, CompiledPath>();
  for (const route of routes) {
    const compiled = byPath.get(route.path) ?? { segments: route.path.split('/'), routes: new Map() };
    if (compiled.routes.has(route.method)) throw new Error(`Two handlers for ${route.method} ${route.path}`);
    compiled.routes.set(route.method, route);
    byPath.set(route.path, compiled);
  }
  const ordered = [...byPath.values()].sort((a, b) => literalCount(b) - literalCount(a));
  return (method, path) => {
    const compiled = byPath.get(path) ?? ordered.find((candidate) => fits(candidate.segments, path.split('/')));
    if (compiled === undefined) return undefined;
    const route = compiled.routes.get(method);
    return route === undefined ? 'method' : { route, params: paramsOf(compiled.segments, path.split('/')) };
  };
}

interface CompiledPath {
  readonly segments: readonly string[];
  readonly routes: Map<string, Route>;
}

function literalCount(path: CompiledPath): number {
  return path.segments.filter((segment) => !isParameter(segment)).length;
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}

function fits(pattern: readonly string[], actual: readonly string[]): boolean {
  return (
    pattern.length === actual.length && pattern.every((segment, i) => isParameter(segment) || segment === actual[i])
  );
}

function paramsOf(pattern: readonly string[], actual: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  pattern.forEach((segment, i) => {
    if (isParameter(segment)) params[segment.slice(1, -1)] = decoded(actual[i] ?? '');
  });
  return params;
}

/** A segment that is wrongly encoded names nothing, so the handler will not find it. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export function jsonBody(call: Call): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(call.bodyText);
  } catch {
    throw badRequest('The request could not be understood by the server due to malformed syntax.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest('The request body must be a JSON object.');
  return value as JsonObject;
}
