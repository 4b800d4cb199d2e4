import { useEffect, useState } from 'preact/hooks';

/** Determines what the page shows: path and query of the address bar, so that a view can be sent to a colleague. */
export interface Address {
  readonly path: string;
  readonly query: URLSearchParams;
}

const changed = 'addresschange';

function read(): Address {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

export function useAddress(): Address {
  const [address, setAddress] = useState(read);
  useEffect(() => {
    const update = () => setAddress(read());
    addEventListener('popstate', update);
    addEventListener(changed, update);
    return () => {
      removeEventListener('popstate', update);
      removeEventListener(changed, update);
    };
  }, []);
  return address;
}

/** A step that `back` undoes; a change of one view replaces its address instead. */
export function go(to: string, how: 'step' | 'replace' = 'step'): void {
  if (how === 'step') history.pushState(null, '', to);
  else history.replaceState(null, '', to);
  dispatchEvent(new Event(changed));
  if (how === 'step') scrollTo(0, 0);
}

export type Change = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The address with some values set; an absent or empty one is taken out. */
export function withChange({ path, query }: Address, change: Change): string {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) {
    const text = typeof value === 'string' || value === undefined ? value : value.join(',');
    if (text === undefined || text === '') next.delete(name);
    else next.set(name, text);
  }
  return hrefOf(path, next);
}

export function hrefOf(
  path: string,
  query: URLSearchParams | Readonly<Record<string, string | undefined>> = {},
): string {
  const given =
    query instanceof URLSearchParams
      ? query
      : new URLSearchParams(
          Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
        );
  // Commas and colons need no escape in a query, and an address is read by people.
  const text = given.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return text === '' ? path : `${path}?${text}`;
}

export function listOf(query: URLSearchParams, name: string): string[] {
  return (query.get(name) ?? '').split(',').filter((part) => part !== '');
}

/** Follows links of this page without loading it again; everything a browser does with modifier keys stays. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const anchor = event.target instanceof Element ? event.target.closest('a') : null;
  if (anchor === null || anchor.origin !== location.origin || anchor.hasAttribute('download')) return;
  if (anchor.pathname.startsWith('/api/') || anchor.target !== '' || anchor.hash !== '') return;
  event.preventDefault();
  go(anchor.pathname + anchor.search);
}
