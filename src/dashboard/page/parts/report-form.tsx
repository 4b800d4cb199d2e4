import { useState } from 'preact/hooks';
import type { Relation } from '../../../model/mart-query.js';
import { type ReportOperator, reportOperators, reportSteps, timeOf } from '../../../model/mart-report.js';
import { type Address, go, hrefOf, listOf, withChange } from '../lib/address.js';
import { labelOf } from '../lib/labels.js';
import { measureLabel, measureOptions, operatorLabels } from '../lib/reports.js';
import { SpanPicker } from './span-picker.js';

/** Edits a report: columns, figures, a step of time, filters. Each change is an address. */
export function ReportForm({ address, relation }: { address: Address; relation: Relation }) {
  const measures = listOf(address.query, 'measures');
  const by = listOf(address.query, 'by');
  const set = (name: string) => (values: readonly string[]) => go(withChange(address, { [name]: values }), 'replace');
  return (
    <section class="card report-form">
      <Chips
        title="Columns"
        add="Add a column"
        chosen={by.map((name) => ({ id: name, label: labelOf(name) }))}
        options={relation.columns
          .filter(({ name }) => !by.includes(name))
          .map(({ name }) => ({ id: name, label: `${labelOf(name)} (${name})` }))}
        onChange={set('by')}
      />
      <Chips
        title="Figures"
        add="Add a figure"
        chosen={measures.map((id) => ({ id, label: measureLabel(id) }))}
        options={measureOptions(relation).filter(({ id }) => !measures.includes(id))}
        onChange={set('measures')}
      />
      {timeOf(relation) !== undefined && (
        <div class="row">
          <h3>Time</h3>
          <SpanPicker address={address} />
          <select
            aria-label="Step of time"
            value={address.query.get('step') ?? ''}
            onChange={(event) => go(withChange(address, { step: event.currentTarget.value }), 'replace')}
          >
            <option value="">Not by time</option>
            {reportSteps.map((step) => (
              <option key={step} value={step}>
                By {step}
              </option>
            ))}
          </select>
        </div>
      )}
      <Filters address={address} relation={relation} />
    </section>
  );
}

interface Option {
  readonly id: string;
  readonly label: string;
}

function Chips(props: {
  title: string;
  add: string;
  chosen: readonly Option[];
  options: readonly Option[];
  onChange: (ids: readonly string[]) => void;
}) {
  const { title, add, chosen, options, onChange } = props;
  const ids = chosen.map(({ id }) => id);
  return (
    <div class="row">
      <h3>{title}</h3>
      {chosen.map(({ id, label }) => (
        <Chip key={id} label={label} onRemove={() => onChange(ids.filter((each) => each !== id))} />
      ))}
      <select
        aria-label={add}
        value=""
        onChange={({ currentTarget }) => {
          if (currentTarget.value !== '') onChange([...ids, currentTarget.value]);
          currentTarget.value = '';
        }}
      >
        <option value="">{add} …</option>
        {options.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

function Chip({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <span class="chip">
      {label}
      <button type="button" aria-label={`Remove ${label}`} onClick={onRemove}>
        ×
      </button>
    </span>
  );
}

function Filters({ address, relation }: { address: Address; relation: Relation }) {
  const filters = address.query.getAll('where').filter((each) => each !== '');
  const set = (next: readonly string[]) => {
    const query = new URLSearchParams(address.query);
    query.delete('where');
    for (const filter of next) query.append('where', filter);
    go(hrefOf(address.path, query), 'replace');
  };
  return (
    <div class="row">
      <h3>Only</h3>
      {filters.map((filter) => (
        <Chip
          key={filter}
          label={filterLabel(filter)}
          onRemove={() => set(filters.filter((each) => each !== filter))}
        />
      ))}
      <NewFilter relation={relation} onAdd={(filter) => set([...filters, filter])} />
    </div>
  );
}

function filterLabel(written: string): string {
  const [column = '', operator = '', ...value] = written.split(':');
  return [labelOf(column), operatorLabels[operator as ReportOperator] ?? operator, value.join(':')].join(' ').trim();
}

function NewFilter({ relation, onAdd }: { relation: Relation; onAdd: (filter: string) => void }) {
  const [column, setColumn] = useState('');
  const [operator, setOperator] = useState<ReportOperator>('is');
  const [value, setValue] = useState('');
  const needsValue = operator !== 'empty' && operator !== 'filled';
  const add = (event: SubmitEvent) => {
    event.preventDefault();
    if (column === '' || (needsValue && value === '')) return;
    onAdd(`${column}:${operator}${needsValue ? `:${value}` : ''}`);
    setColumn('');
    setValue('');
  };
  return (
    <form class="new-filter" onSubmit={add}>
      <select
        aria-label="Column of the filter"
        value={column}
        onChange={(event) => setColumn(event.currentTarget.value)}
      >
        <option value="">Add a filter …</option>
        {relation.columns.map(({ name }) => (
          <option key={name} value={name}>
            {labelOf(name)} ({name})
          </option>
        ))}
      </select>
      {column !== '' && (
        <>
          <select
            aria-label="Comparison"
            value={operator}
            onChange={(event) => setOperator(event.currentTarget.value as ReportOperator)}
          >
            {reportOperators.map((each) => (
              <option key={each} value={each}>
                {operatorLabels[each]}
              </option>
            ))}
          </select>
          {needsValue && (
            <input
              class="field"
              aria-label="Value"
              value={value}
              maxLength={200}
              onInput={(event) => setValue(event.currentTarget.value)}
            />
          )}
          <button type="submit" class="button">
            Add
          </button>
        </>
      )}
    </form>
  );
}
