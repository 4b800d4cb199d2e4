import type { QueryResult } from '../../../model/mart-query.js';
import { BarList } from '../charts/bar-list.js';
import { Trend } from '../charts/trend.js';
import { type Answer, numberOf, type Row, rowsOf, textOf, usePath } from '../lib/api.js';
import { labelOf } from '../lib/labels.js';
import { measureColumn, measureLabel } from '../lib/reports.js';
import { DataTable } from './data-table.js';
import { Legend } from './legend.js';
import { Empty, Fault } from './notice.js';

const palette = ['--answered', '--talk', '--hold', '--abandoned', '--acw', '--queue', '--leak', '--flow-out'].map(
  (name) => `var(${name})`,
);

interface ResultProps {
  readonly query: URLSearchParams;
  readonly by: readonly string[];
  readonly measures: readonly string[];
  readonly isStepped: boolean;
}

/** A report's chart and table, and its file. */
export function ReportResult(props: ResultProps) {
  const answer = usePath<QueryResult>(`/api/report?${props.query}`);
  const rows = rowsOf(answer.result);
  const types = answer.result?.columns ?? [];
  return (
    <section class="card" aria-busy={answer.isLoading}>
      <header>
        <h2>Result</h2>
        <a href={`/api/report.csv?${props.query}`} download={`${props.query.get('relation')}.csv`}>
          CSV
        </a>
      </header>
      <Fault answer={answer} />
      {answer.result !== undefined && rows.length === 0 && <Empty>No row of this relation fits.</Empty>}
      {rows.length > 0 && <Chart {...props} answer={answer} />}
      {rows.length > 0 && (
        <DataTable
          caption="Result"
          columns={types.map(({ name }) => ({ name, label: labelFor(name, props.measures) }))}
          types={types}
          rows={rows}
          isCut={answer.result?.isCut === true}
        />
      )}
      {answer.result === undefined && answer.error === undefined && <div class="waiting" />}
    </section>
  );
}

function labelFor(name: string, measures: readonly string[]): string {
  const measure = measures.find((written) => measureColumn(written) === name);
  if (measure !== undefined) return measureLabel(measure);
  return name === 'step_local' ? 'From' : labelOf(name);
}

/** A line for each group over time, or bars of the first figure. */
function Chart({ by, measures, isStepped, answer }: ResultProps & { answer: Answer }) {
  const [measure] = measures;
  if (measure === undefined) return null;
  const rows = rowsOf(answer.result);
  const column = measureColumn(measure);
  const label = measureLabel(measure);
  if (!isStepped)
    return by.length === 0 ? null : (
      <BarList rows={rows} name={column} labelOf={(row) => groupOf(row, by)} label={label} />
    );
  const all = largestFirst(rows, by, column);
  const names = all.slice(0, palette.length);
  const series = names.map((name, index) => ({ name: column, label: name, color: palette[index] ?? 'var(--accent)' }));
  return (
    <>
      <p class="note">
        {label}
        {all.length > names.length && `, the ${names.length} largest of ${all.length}; the table has all`}
        {by.length > 0 && ': '}
        {by.length > 0 && <Legend items={series.map(({ label: name, color }) => ({ name, label: name, color }))} />}
      </p>
      <Trend
        rows={rows.filter((row) => names.includes(groupOf(row, by)))}
        time="step_local"
        series={series}
        kind="lines"
        label={label}
        groupOf={(row) => groupOf(row, by)}
      />
    </>
  );
}

/** Groups by what they sum up to, so that a chart that has no room for all shows those that matter. */
function largestFirst(rows: readonly Row[], by: readonly string[], column: string): string[] {
  const sums = new Map<string, number>();
  for (const row of rows)
    sums.set(groupOf(row, by), (sums.get(groupOf(row, by)) ?? 0) + Math.abs(numberOf(row[column]) ?? 0));
  return [...sums].sort(([, a], [, b]) => b - a).map(([name]) => name);
}

const groupOf = (row: Row, by: readonly string[]): string =>
  by.map((name) => (row[name] === null ? '–' : textOf(row[name]) || String(row[name]))).join(' · ');
