import type { Position, Projection, RecordedEvent } from '@touchline/core';
import { asPosition } from '@touchline/core';
import type { IsTie, ReplayDeps } from '@touchline/replay';
import { Replay, tiesOf, walk } from '@touchline/replay';
import type { FailedEvent, OpenEvents } from '@touchline/subscriptions';
import { EventFailure } from '@touchline/subscriptions';
import type { Difference } from './compare.js';

/** A key that differs, its row of either side, and where in the log one of its events stands. */
export interface Unexplained<Row extends object> extends Difference {
  before: Row | null;
  after: Row | null;
  foldedPosition: Position;
}

/**
 * For each key that differs the first event that made it so: the one from which on the row, as this release folds it, never
 * again agrees with the row before in one of the values that differ. Where none does, because the row before holds what
 * this release makes of no event, the one that was worked into it last.
 */
export async function firstEvents<Row extends object>(
  deps: ReplayDeps & { open: OpenEvents },
  view: Projection<Row>,
  upTo: Position,
  differences: readonly Unexplained<Row>[],
): Promise<Map<string, FailedEvent>> {
  const byStream = new Map<string, Unexplained<Row>[]>();
  for (const difference of differences) {
    const stream = (await deps.store.eventAt(difference.foldedPosition))?.stream;
    if (stream !== undefined) byStream.set(stream, [...(byStream.get(stream) ?? []), difference]);
  }
  const replay = new Replay(deps, { upTo });
  const found = new Map<string, FailedEvent>();
  for (const [stream, its] of byStream) {
    try {
      const [events = []] = await replay.histories(view, [stream]);
      const history = view.personal ? await deps.open(events) : events;
      for (const [key, event] of await firstOf(view, history, upTo, its, tiesOf(deps.registry))) found.set(key, named(event));
    } catch (error) {
      if (!(error instanceof EventFailure)) throw error;
      // One side has set the stream aside at it, and stands as before.
      for (const { key } of its) found.set(key, named(error.event));
    }
  }
  return found;
}

const named = ({ id, type, stream, position }: FailedEvent): FailedEvent => ({ id, type, stream, position });

async function firstOf<Row extends object>(
  view: Projection<Row>,
  history: readonly RecordedEvent[],
  upTo: Position,
  differences: readonly Unexplained<Row>[],
  isTie: IsTie,
): Promise<Map<string, RecordedEvent>> {
  const aspects = differences.map((difference) => ({
    difference,
    before: leavesOf(difference, difference.before),
    ...differingIn(difference),
  }));
  const byKey = new Map(aspects.map((aspect) => [aspect.difference.key, aspect]));
  for await (const { by, changed } of walk(view, [history], { upTo: asPosition('') }, { upTo }, isTie)) {
    if (by === null) continue;
    for (const [key, row] of changed) {
      const aspect = byKey.get(key);
      if (aspect === undefined) continue;
      const { difference, before, since } = aspect;
      const leaves = leavesOf(difference, row);
      for (const [path, event] of since) {
        const leaf = leaves.get(path);
        if (leaf === before.get(path)) since.set(path, null);
        // A value that is not there yet differs from nothing.
        else if (event === null || (event === undefined && leaf !== undefined)) since.set(path, by);
      }
    }
  }
  const first = new Map<string, RecordedEvent>();
  for (const { difference, since } of aspects) {
    const [earliest] = [...since.values()].flatMap((event) => event ?? []).sort((a, b) => (a.position < b.position ? -1 : 1));
    const event = earliest ?? history.find(({ position }) => position === difference.foldedPosition) ?? history.at(-1);
    if (event !== undefined) first.set(difference.key, event);
  }
  return first;
}

/** The values that differ; of each the first event since the two agreed, null while they do, undefined before it is there. */
function differingIn<Row extends object>(difference: Unexplained<Row>): { since: Map<string, RecordedEvent | null | undefined> } {
  const [before, after] = [leavesOf(difference, difference.before), leavesOf(difference, difference.after)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
  return { since: new Map(paths.map((path) => [path, undefined])) };
}

/** Path → value as JSON, of the columns that differ; of a row that one side does not have, whether it is there. */
function leavesOf<Row extends object>({ kind, columns }: Difference, row: Row | null): Map<string, string> {
  const leaves = new Map<string, string>();
  if (row === null) return leaves;
  if (kind !== 'changed') return leaves.set('', 'there');
  const gather = (path: string, value: unknown): void => {
    if (value === null || value === undefined) return;
    if (typeof value === 'object') for (const [name, each] of Object.entries(value)) gather(`${path}.${name}`, each);
    else leaves.set(path, JSON.stringify(value));
  };
  for (const column of columns) gather(column, (row as Record<string, unknown>)[column]);
  return leaves;
}
