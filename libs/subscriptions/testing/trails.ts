import { randomUUID } from 'node:crypto';
import type { EventDefinition, JsonObject, RecordedEvent } from '@touchline/core';
import { asPosition, defineEvent, parseStreamName, streamName } from '@touchline/core';
import type { StoredProjection } from '../stored-projection.js';

// A read model made to show every difference in order: a row is the trail of the steps that led to it.

export interface Trail {
  id: string;
  tenant: string;
  steps: string[];
  firstAt: string;
  corrected: number;
}

export interface Step extends JsonObject {
  step: string;
  /** Further rows of the same stream that it touches. */
  also?: string[];
  /** Takes the row away. */
  ends?: boolean;
  /** Cannot be folded. */
  poison?: boolean;
}

export const trailEvents: EventDefinition[] = [defineEvent({ type: 'step-taken', version: 1, touchpoint: false })];

export const trails: StoredProjection<Trail> = {
  name: 'trails',
  version: 1,
  table: 'trails',
  columns: [
    { property: 'id', name: 'id', type: 'text' },
    { property: 'tenant', name: 'tenant', type: 'text' },
    { property: 'steps', name: 'steps', type: 'jsonb' },
    { property: 'firstAt', name: 'first_at', type: 'timestamp with time zone' },
    { property: 'corrected', name: 'corrected', type: 'integer' },
  ],
  personal: false,
  keys(event) {
    if (event.type !== 'step-taken') return [];
    const id = parseStreamName(event.stream)?.id ?? '';
    return [id, ...((event.data as Step).also ?? []).map((name) => `${id}/${name}`)];
  },
  evolve(row, event, key, versions) {
    const { step, ends, poison } = event.data as Step;
    if (poison === true) throw new Error(`cannot take ${step}`);
    if (ends === true) return null;
    return {
      id: key,
      tenant: event.meta.tenant,
      steps: [...(row?.steps ?? []), step],
      firstAt: row?.firstAt ?? event.meta.occurredAt,
      corrected: (row?.corrected ?? 0) + Math.max(0, versions.length - 1),
    };
  },
};

/** Makes the table of one build. */
export const trailsTable = (schema: string): string => `
  create schema if not exists ${schema};
  create table if not exists ${schema}.trails (
    id text primary key, tenant text not null, steps jsonb not null, first_at timestamptz not null, corrected integer not null,
    folded_at timestamptz not null, folded_position text collate "C" not null
  );
  create index if not exists trails_by_tenant on ${schema}.trails (tenant, first_at)`;

export interface StepTaken {
  id: string;
  stream: string;
  /** Minutes after some hour. */
  minute: number;
  data: Step;
  corrects?: string;
}

/** A step of stream `a`, named after its minute. */
export const step = (minute: number, data: Partial<Step> = {}, more: Partial<StepTaken> = {}): StepTaken => ({
  id: randomUUID(),
  stream: 'a',
  minute,
  data: { step: `s${minute}`, ...data },
  ...more,
});

export const stepsOf = (rows: readonly Trail[]): [string, string[]][] => rows.map(({ id, steps }) => [id, steps]);

/** Steps as a log would hold them, recorded in the order given. */
export function recordSteps(steps: readonly StepTaken[]): RecordedEvent[] {
  const heights = new Map<string, number>();
  return steps.map((step, index) => {
    const stream = streamName('journey', 'dongfang', step.stream);
    const revision = (heights.get(stream) ?? -1) + 1;
    heights.set(stream, revision);
    const position = asPosition(String(index + 1).padStart(16, '0'));
    return { id: step.id, stream, revision, position, type: 'step-taken', data: step.data, meta: metaOf(step) };
  });
}

export const instant = (minute: number): string => new Date(Date.UTC(2026, 2, 2, 9, minute)).toISOString();

export const metaOf = (step: StepTaken): RecordedEvent['meta'] => ({
  tenant: 'dongfang',
  occurredAt: instant(step.minute),
  recordedAt: instant(600),
  actor: { kind: 'user', id: 'u' },
  commandId: 'c',
  requestHash: 'h',
  correlationId: 'r',
  causationId: 'r',
  schemaVersion: 1,
  subjects: {},
  ...(step.corrects !== undefined && { corrects: step.corrects }),
  previousHash: '',
  hash: '',
});
