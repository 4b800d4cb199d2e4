import { type ConversationTable, conversationTables } from '../../conversation/tables.js';

export { conversationTables };

export function columnList(table: ConversationTable): string {
  return table.columns.map((column) => column.name).join(', ');
}
