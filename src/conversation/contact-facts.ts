/**
 * Computes who made contact and how: the customer's contact id or address, and the organisation's
 * own number or mailbox. Reports show the first only as a keyed hash (`mart.fct_repeat_contacts`),
 * the second in `mart.dim_entry_points`. `sql/intermediate/int_contact_facts.sql` is the same
 * definition in SQL over the raw tables.
 */
import type { Column, ColumnValue } from '../values/columns.js';
import type { FactsInput } from './session-facts.js';
import { columnIndexes, type Row, relationNamed } from './session-facts-rows.js';

export const contactColumns: readonly Column[] = [
  { name: 'contact', type: 'text' },
  { name: 'entry_point', type: 'text' },
];

const conversation = columnIndexes('conversations', ['originating_direction']);
const participant = columnIndexes('participants', ['purpose', 'external_contact_id']);
const session = columnIndexes('sessions', ['direction', 'ani', 'dnis', 'address_from', 'address_to']);
const [conversations, participants, sessions] = ['conversations', 'participants', 'sessions'].map(
  (name) => relationNamed(name).index,
) as [number, number, number];

/** The text that replaces an erased person's data; never counted as the same customer. */
const erasedText = '[erased]';
/** The customer of a dialer has purpose outbound. */
const customerPurposes = new Set<ColumnValue | undefined>(['customer', 'external', 'outbound']);
/** Values that telephony reports for withheld numbers. */
const withheld = new Set(['', 'anonymous', 'restricted', 'private', 'unknown', 'unavailable', 'withheld']);

/** Computes the values of `contactColumns`. Pure. */
export function contactFacts({ rows }: FactsInput): ColumnValue[] {
  const people = rows[participants] ?? [];
  const isCustomer = (row: Row | undefined) => customerPurposes.has(row?.[participant.purpose]);
  const contactId = people.filter(isCustomer).find((row) => row[participant.external_contact_id] !== null)?.[
    participant.external_contact_id
  ];
  const ofCustomer = (rows[sessions] ?? []).filter((row) => isCustomer(people[(row[0] as number) - 1]));
  const isInbound = rows[conversations]?.[0]?.[conversation.originating_direction] === 'inbound';
  return [
    contactId ?? firstOf(ofCustomer.map(customerAddress)),
    isInbound ? firstOf(ofCustomer.filter(isInboundSession).map(ownAddress)) : null,
  ];
}

const isInboundSession = (row: Row) => row[session.direction] === 'inbound';
const firstOf = (values: readonly (string | null)[]): string | null => values.find((value) => value !== null) ?? null;
const textOf = (value: ColumnValue | undefined) => normalizeAddress((value ?? null) as string | null);

const customerAddress = (row: Row): string | null =>
  row[session.direction] === 'outbound'
    ? (textOf(row[session.dnis]) ?? textOf(row[session.address_to]))
    : (textOf(row[session.ani]) ?? textOf(row[session.address_from]));
const ownAddress = (row: Row): string | null => textOf(row[session.dnis]) ?? textOf(row[session.address_to]);

/**
 * Returns a normalised address: without scheme and parameters, in lower case (A to Z); a telephone
 * number, also inside a SIP address, as digits with `+` for an international prefix. Null where
 * there is none or it is withheld. Pure.
 */
export function normalizeAddress(address: string | null): string | null {
  if (address === null || address.includes(erasedText)) return null;
  const small = address.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()).replaceAll(/^[ \t]+|[ \t]+$/g, '');
  const plain = small.replace(/^(?:tel:|sips?:|mailto:)/, '').replace(/[;?].*$/s, '');
  const user = plain.replace(/@.*$/s, '');
  if (withheld.has(user)) return null;
  const digits = (/^sips?:/.test(small) ? user : plain).replaceAll(/[ ()./-]/g, '');
  return /^\+?[0-9]{5,}$/.test(digits) ? digits.replace(/^00/, '+') : plain;
}
