import type { Projection, RecordedEvent, RowOf, TimerDefinition } from '@touchline/core';
import { timerShard } from '@touchline/core';
import { timerDefinitions } from '@touchline/touchpoints/list.js';
import type { OpenTimer } from './timers.entity.js';

/** The rows of the timers that are open, by these definitions: which event opens, moves or closes which. */
export function timersOf(definitions: readonly TimerDefinition[]): Projection<RowOf<OpenTimer>> {
  const byKind = new Map(definitions.map((definition) => [definition.kind, definition]));
  const byType = new Map<string, TimerDefinition[]>();
  for (const definition of definitions)
    for (const type of new Set([...Object.keys(definition.opens), ...Object.keys(definition.moves ?? {}), ...definition.closes]))
      byType.set(type, [...(byType.get(type) ?? []), definition]);
  return {
    name: 'timers',
    version: 1,
    personal: false,
    keys: (event) => (byType.get(event.type) ?? []).map((definition) => keyOf(definition, event)),
    evolve(row, event, key) {
      const kind = key.slice(0, key.indexOf(':'));
      const definition = byKind.get(kind);
      const set = definition?.opens[event.type] ?? (row === null ? undefined : definition?.moves?.[event.type]);
      if (set === undefined) return definition?.closes.includes(event.type) === true ? null : row;
      const dueAt = set(event);
      const { stream, id: cause, meta } = event;
      return dueAt === null ? null : { key, tenant: meta.tenant, kind, stream, shard: timerShard(stream), dueAt, cause };
    },
  };
}

export const timersProjection = timersOf(timerDefinitions);

function keyOf({ kind, which }: TimerDefinition, event: RecordedEvent): string {
  const key = `${kind}:${event.stream}`;
  return which === undefined ? key : `${key}#${which(event)}`;
}
