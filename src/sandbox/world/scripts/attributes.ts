import type { Random } from '../random.js';

const lengthMax = 1_024;
const crowdedKeys = 60;

/** Participant data as real flows leave it: tidy for most, awkward for some, crowded for a few. */
export function customerAttributes(random: Random, ani: string): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = { 'ANI ': ani, 'Customer.Tier': random.pick(['gold', 'silver', 'none']) };
  if (random.chance(0.5)) attributes['Reason for call'] = random.pick(['invoice', 'order', 'fault', '']);
  if (random.chance(0.15)) addAwkward(random, attributes);
  if (random.chance(0.01)) {
    for (let no = 1; no <= crowdedKeys; no++) attributes[`context.value_${no}`] = String(random.int(0, 9_999));
  }
  if (random.chance(0.01)) attributes.transcript = 'The customer said: hello. '.repeat(60).slice(0, lengthMax);
  return attributes;
}

function addAwkward(random: Random, attributes: Record<string, string>): void {
  attributes.accountid = String(random.int(10_000, 99_999));
  attributes.AccountId = String(random.int(10_000, 99_999));
  attributes.address = `${random.int(1, 99)} Mill Lane\nSecond floor\r\nLeft`;
  attributes['empty.value'] = '';
  attributes['naïve "key"'] = 'ünïcödé ✓ \u{1F4DE}';
}
