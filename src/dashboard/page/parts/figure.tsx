import type { ComponentChildren } from 'preact';
import { type Answer, queryPath, rowsOf, type Values } from '../lib/api.js';
import { labelOf } from '../lib/labels.js';
import { DataTable, type TableColumn } from './data-table.js';
import { Empty, Fault } from './notice.js';

export interface FigureProps {
  readonly title: string;
  /** One sentence under the title. */
  readonly note?: ComponentChildren;
  readonly answer: Answer;
  /** The query behind it, for its CSV file. */
  readonly query: string;
  readonly values: Values;
  /** Columns of the table; all of the answer unless given. */
  readonly columns?: readonly TableColumn[];
  readonly sort?: { readonly name: string; readonly isDown: boolean };
  /** Absent: the table alone. */
  readonly chart?: ComponentChildren;
  readonly controls?: ComponentChildren;
  readonly empty?: ComponentChildren;
  /** True when the table is open beside the chart. */
  readonly isTableOpen?: boolean;
  readonly class?: string;
}

/** A card: a chart with its table, the definitions of its columns and its file. */
export function Figure(props: FigureProps) {
  const { title, note, answer, chart, controls } = props;
  const rows = rowsOf(answer.result);
  const isEmpty = answer.result !== undefined && rows.length === 0;
  return (
    <section class={`card ${props.class ?? ''}`} aria-busy={answer.isLoading}>
      <header>
        <div>
          <h2>{title}</h2>
          {note !== undefined && <p class="note">{note}</p>}
        </div>
        {controls}
      </header>
      <Fault answer={answer} />
      {isEmpty && <Empty>{props.empty ?? 'There is nothing in this span.'}</Empty>}
      {answer.result === undefined && answer.error === undefined && (
        <div class="waiting" role="status" aria-label="Loading" />
      )}
      {!isEmpty && answer.result !== undefined && chart}
      {!isEmpty && answer.result !== undefined && <Numbers {...props} />}
    </section>
  );
}

function Numbers({ title, answer, query, values, columns, sort, chart, isTableOpen }: FigureProps) {
  const types = answer.result?.columns ?? [];
  const shown = columns ?? types.map(({ name }) => ({ name }));
  const table = (
    <DataTable
      caption={title}
      columns={shown}
      types={types}
      rows={rowsOf(answer.result)}
      isCut={answer.result?.isCut === true}
      {...(sort !== undefined && { sort })}
    />
  );
  return (
    <>
      {chart === undefined ? (
        table
      ) : (
        <details class="numbers" open={isTableOpen === true}>
          <summary>Numbers</summary>
          {table}
        </details>
      )}
      <footer>
        <Definitions shown={shown} answer={answer} />
        <a href={queryPath(query, values, '.csv')} download={`${query}.csv`}>
          CSV
        </a>
      </footer>
    </>
  );
}

function Definitions({ shown, answer }: { shown: readonly TableColumn[]; answer: Answer }) {
  const defined = (answer.result?.columns ?? []).filter(
    (column) => column.definition !== undefined && shown.some(({ name }) => name === column.name),
  );
  if (defined.length === 0) return <span />;
  return (
    <details class="definitions">
      <summary>What the columns mean</summary>
      <dl>
        {defined.map((column) => (
          <div key={column.name}>
            <dt>{shown.find(({ name }) => name === column.name)?.label ?? labelOf(column.name)}</dt>
            <dd>
              {column.definition} {column.source !== undefined && <code>mart.{column.source}</code>}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
