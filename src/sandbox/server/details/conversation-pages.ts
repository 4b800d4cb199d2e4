import type { SimulatedConversation } from '../../world.js';
import type { Core } from '../core.js';
import { recordFaultNames, returnedAsOfMs, withRecordFaults } from '../faults/record-faults.js';

const comma = Buffer.from(',');
const opening = Buffer.from('{"conversations":[');
const closingList = Buffer.from(']');

/** `{"conversations":[…]` followed by `rest`, which begins with a comma or a brace; without conversations the key is absent, as in the API. */
export function conversationsDocument(
  core: Core,
  page: readonly SimulatedConversation[],
  asOfMs: number,
  withAttributes: boolean,
  rest: Readonly<Record<string, string | number>>,
  counter: number,
): Buffer[] {
  const tail = JSON.stringify(rest).slice(1);
  if (page.length === 0) return [Buffer.from(`{${tail}`)];
  const body: Buffer[] = [opening];
  page.forEach((conversation, i) => {
    if (i > 0) body.push(comma);
    body.push(recordBytes(core, conversation, asOfMs, withAttributes, counter));
  });
  body.push(closingList, Buffer.from(tail === '}' ? tail : `,${tail}`));
  return body;
}

export function recordBytes(
  core: Core,
  conversation: SimulatedConversation,
  asOfMs: number,
  withAttributes: boolean,
  counter: number,
): Buffer {
  const { source, faults } = core;
  if (!faults.anyOn(recordFaultNames)) return source.json(conversation, asOfMs, withAttributes);
  const serverTimeMs = returnedAsOfMs(conversation, asOfMs, counter, faults);
  return Buffer.from(
    JSON.stringify(withRecordFaults(source.record(conversation, serverTimeMs, withAttributes), faults)),
  );
}
