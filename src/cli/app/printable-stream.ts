import { Transform, type TransformCallback } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Control characters beyond those that CSV itself is made of: C0 without tab and ends of lines, DEL, C1. */
const controls = /(?![\t\r\n])\p{Cc}/gu;

/** Passes text through with each control character written as `\u{1b}`, so that a file can be shown on a terminal. */
export class PrintableStream extends Transform {
  readonly #decoder = new StringDecoder('utf8');

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    done(null, clean(this.#decoder.write(chunk)));
  }

  override _flush(done: TransformCallback): void {
    done(null, clean(this.#decoder.end()));
  }
}

function clean(text: string): string {
  return text.replace(controls, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
