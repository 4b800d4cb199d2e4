/** Columns that settings give to a view: its file has places for them, so that their names are the only text that is put together. */
import pg from 'pg';

export interface AttributeColumn {
  /** Name of the participant attribute. */
  readonly name: string;
  readonly column: string;
}

const relation = 'mart.fct_conversation_attributes';

/** Fills the places of `sql/mart/fct_conversation_attributes.sql`; a text without them stays as it is. */
export function withAttributeColumns(text: string, attributes: readonly AttributeColumn[]): string {
  const lines = (lineOf: (attribute: AttributeColumn) => string) => attributes.map(lineOf).join('');
  const places: Readonly<Record<string, string>> = {
    '{{attribute_names}}': attributes.map(({ name }) => pg.escapeLiteral(name)).join(', '),
    '{{attribute_values}}': lines(
      ({ name, column }) => `,
        (array_agg(attributes.value order by attributes.participant_no desc, attributes.attribute_no desc)
            filter (where attributes.name = ${pg.escapeLiteral(name)}))[1] as ${pg.escapeIdentifier(column)}`,
    ),
    '{{attribute_columns}}': lines(({ column }) => `\n        attributes.${pg.escapeIdentifier(column)},`),
    '{{attribute_comments}}': lines(
      ({ name, column }) =>
        `\ncomment on column ${relation}.${pg.escapeIdentifier(column)} is ${pg.escapeLiteral(commentOn(name))};`,
    ),
  };
  return Object.entries(places).reduce((filled, [place, value]) => filled.replaceAll(place, () => value), text);
}

const commentOn = (name: string): string =>
  `Value of the participant attribute ${JSON.stringify(name)}, of the participant who came last among those that have it; null without. Text as the flow or script set it. Details participants.attributes.`;
