import type { Faults } from './faults.js';

/** The response that is really sent; with `isCut` half of it and then a broken connection. */
export interface Outgoing {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly isCut?: boolean;
  readonly fault?: string;
}

const html = '<html>\r\n<head><title>Please wait</title></head>\r\n<body><h1>Please wait</h1></body>\r\n</html>\r\n';
const truncatedShare = 0.6;

/** Applies at most one fault to a successful response. */
export function spoiled(faults: Faults, counter: number, path: string, good: Outgoing): Outgoing {
  if (good.status !== 200) return good;
  const strikes = (name: 'truncatedJson' | 'garbage' | 'htmlInsteadOfJson' | 'emptyBody') =>
    faults.strikes(name, counter, path) !== undefined;
  if (
    faults.settings.reset !== undefined &&
    isAfterHeaders(faults) &&
    faults.strikes('reset', counter, path) !== undefined
  )
    return { ...good, isCut: true, fault: 'reset' };
  if (strikes('truncatedJson'))
    return {
      ...good,
      bytes: good.bytes.subarray(0, Math.floor(good.bytes.length * truncatedShare)),
      fault: 'truncatedJson',
    };
  if (strikes('garbage')) return { ...good, bytes: garbage(good.bytes.length), fault: 'garbage' };
  if (strikes('htmlInsteadOfJson'))
    return { ...good, contentType: 'text/html', bytes: Buffer.from(html), fault: 'htmlInsteadOfJson' };
  if (strikes('emptyBody')) return { ...good, bytes: Buffer.alloc(0), fault: 'emptyBody' };
  return good;
}

export function isAfterHeaders(faults: Faults): boolean {
  const reset = faults.settings.reset;
  return typeof reset === 'object' && reset.when === 'after-headers';
}

/** Bytes that are neither JSON nor UTF-8. */
function garbage(length: number): Buffer {
  return Buffer.alloc(Math.max(64, Math.min(length, 4_096)), Buffer.from([0x7b, 0xff, 0x00, 0xc3, 0x28, 0x5d]));
}

export const gatewayHtml = (status: number) =>
  `<html>\r\n<head><title>${status} Service Temporarily Unavailable</title></head>\r\n<body><center><h1>${status} Service Temporarily Unavailable</h1></center></body>\r\n</html>\r\n`;
