import type { Json, RecordedEvent } from '@touchline/core';
import type { Step } from './walk.js';
import { follow } from './walk.js';

/** A value that differs between two moments, and the events by which it changed on the way, the last one last. */
export interface Change {
  /** The path to it, such as `journey.<id>.stage.id`. */
  field: string;
  /** Null also where there was no such value. */
  from: Json;
  to: Json;
  by: RecordedEvent[];
}

/** What differs between the first and the last of the steps, as seen through `value`; a list counts as one value. */
export async function changesOver<Row extends object>(steps: AsyncIterable<Step<Row>>, value: (rows: Row[]) => object): Promise<Change[]> {
  const rows = new Map<string, Row>();
  let first: Fields | undefined;
  let current: Fields = new Map();
  const by = new Map<string, RecordedEvent[]>();
  for await (const step of steps) {
    if (step.by !== null && step.changed.size === 0) continue;
    follow(rows, step);
    const next = fieldsOf(value([...rows.values()]));
    first ??= next;
    if (step.by !== null)
      for (const field of new Set([...current.keys(), ...next.keys()])) {
        if ((current.get(field) ?? NONE) === (next.get(field) ?? NONE)) continue;
        const known = by.get(field);
        if (known === undefined) by.set(field, [step.by]);
        else known.push(step.by);
      }
    current = next;
  }
  return [...by]
    .map(([field, events]) => ({ field, from: first?.get(field) ?? NONE, to: current.get(field) ?? NONE, by: events }))
    .filter(({ from, to }) => from !== to)
    .sort((a, b) => (a.field < b.field ? -1 : 1))
    .map((change) => ({ ...change, from: JSON.parse(change.from) as Json, to: JSON.parse(change.to) as Json }));
}

/** Path → value as JSON text. */
type Fields = Map<string, string>;
const NONE = 'null';

function fieldsOf(value: object, path = '', fields: Fields = new Map()): Fields {
  for (const [name, each] of Object.entries(value) as [string, unknown][]) {
    if (typeof each === 'object' && each !== null && !Array.isArray(each)) fieldsOf(each, `${path}${name}.`, fields);
    else fields.set(`${path}${name}`, JSON.stringify(each ?? null));
  }
  return fields;
}
