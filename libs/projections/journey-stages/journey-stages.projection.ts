import type { Projection } from '@touchline/core';
import { parseStreamName } from '@touchline/core';
import type { StageEntry } from '@touchline/touchpoints/journey/journey-stage.fold.js';
import { stageEntries } from '@touchline/touchpoints/journey/journey-stage.fold.js';
import type { JourneyColumns, JourneyFacts } from '../journey-facts.fold.js';
import { JOURNEY_COLUMNS, evolveFacts, journeyColumns, noFacts, stagesOf } from '../journey-facts.fold.js';

/**
 * What became of a stage that a journey reached: it went on to a further one, was lost while it stood there, stands
 * there still, or what had reached it was taken back, so that it counts no more.
 */
export const OUTCOMES = ['converted', 'dropped', 'inside', 'taken-back'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A stage of one journey. Instants are occurredAt, ISO 8601 UTC. */
export interface JourneyStage {
  stage: string;
  order: number;
  enteredAt: string;
  /** Null while it stands there. */
  leftAt: string | null;
  outcome: Outcome;
}

/** A journey with the stages it went through; the funnel is a query over these rows. */
export interface JourneyStages extends JourneyColumns {
  id: string;
  tenant: string;
  /** won: a contract stands · lost: lost, and none stands. */
  status: 'open' | 'won' | 'lost';
  /** When it was won or lost; null while open. */
  closedAt: string | null;
  attributes: Record<string, string>;
  stageId: string | null;
  stages: JourneyStage[];
  state: JourneyFacts;
}

export const journeyStagesProjection: Projection<JourneyStages> = {
  name: 'journey-stages',
  version: 1,
  table: 'journey_stages',
  columns: [
    'id',
    'tenant',
    'status',
    'closedAt',
    ...JOURNEY_COLUMNS,
    'attributes',
    'stageId',
    'stages',
    'state',
  ] satisfies (keyof JourneyStages)[],
  personal: false,
  keys(event) {
    const stream = parseStreamName(event.stream);
    return stream?.category === 'journey' ? [stream.id] : [];
  },
  evolve(row, event, id) {
    const state = evolveFacts(row?.state ?? noFacts, event);
    const columns = journeyColumns(state);
    const status = columns.contractAt !== null ? 'won' : columns.lostAt !== null ? 'lost' : 'open';
    const closedAt = status === 'won' ? columns.contractAt : status === 'lost' ? columns.lostAt : null;
    const stages = stagesWithOutcome(stageEntries(stagesOf(state)), status === 'lost' ? closedAt : null);
    const standing = stages.findLast(({ outcome }) => outcome !== 'taken-back');
    return {
      id,
      tenant: event.meta.tenant,
      status,
      closedAt,
      ...columns,
      attributes: state.journey.opened?.attributes ?? {},
      stageId: standing?.stage ?? null,
      stages,
      state,
    };
  },
};

/**
 * A journey stands at the furthest stage it reached (domain §2.3). So it left a stage when it reached a further one, at
 * once where it had reached that before, and the furthest when it was lost.
 */
export function stagesWithOutcome(entries: readonly StageEntry[], lostAt: string | null): JourneyStage[] {
  const standing = entries.filter(({ takenBackAt }) => takenBackAt === null);
  return entries.map(({ id: stage, order, enteredAt, takenBackAt }) => {
    if (takenBackAt !== null) return { stage, order, enteredAt, leftAt: takenBackAt, outcome: 'taken-back' };
    const further = standing.filter((other) => other.order > order).map((other) => other.enteredAt);
    if (further.length > 0) return { stage, order, enteredAt, leftAt: later(enteredAt, earliest(further)), outcome: 'converted' };
    if (lostAt !== null) return { stage, order, enteredAt, leftAt: later(enteredAt, lostAt), outcome: 'dropped' };
    return { stage, order, enteredAt, leftAt: null, outcome: 'inside' };
  });
}

const later = (a: string, b: string): string => (b > a ? b : a);
const earliest = (instants: readonly string[]): string => instants.reduce((a, b) => (b < a ? b : a));
