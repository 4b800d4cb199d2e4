import { Buffer } from 'node:buffer';

export { RowWriter } from '../../values/copy-writer.js';

/** Holds the bytes around the rows of `copy … (format binary)`: signature, flags, length of the empty header extension; end marker. */
export const copyHeader = Buffer.from('5047434f50590aff0d0a00000000000000000000', 'hex').subarray(0, 19);
export const copyTrailer = Buffer.from([0xff, 0xff]);
