/** Original path (nothing decoded or resolved) and query. */
export interface Target {
  readonly path: string;
  readonly query: URLSearchParams;
}

const encodedDot = /%2e/gi;
const encodedSeparator = /%2f|%5c/i;

/**
 * Returns the target of a request line, or undefined where it is not a plain absolute path. Dot
 * segments, encoded separators and backslashes are refused rather than resolved: a proxy that
 * allows certain paths has checked the path as it was sent, and `/x/../metrics` must not become
 * another one after it.
 */
export function parseTarget(url: string | undefined): Target | undefined {
  const target = url ?? '';
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  if (!path.startsWith('/') || path.startsWith('//') || /[\\#]/.test(path) || encodedSeparator.test(path))
    return undefined;
  const segments = path.replace(encodedDot, '.').split('/');
  if (segments.some((segment) => segment === '.' || segment === '..')) return undefined;
  return { path, query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)) };
}
