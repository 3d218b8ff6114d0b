import type { Projection } from '@touchline/core';
import { parseStreamName } from '@touchline/core';
import type { StageEntry } from '@touchline/touchpoints/journey/journey-stage.fold.js';
import { stageEntries } from '@touchline/touchpoints/journey/journey-stage.fold.js';
import { evolveFacts, journeyColumns, noFacts, stagesOf } from '../journey-facts.fold.js';
import { revisionOf } from '../revision.fold.js';
import type { JourneyStage, JourneyStages } from './journey-stages.entity.js';

export const journeyStagesProjection: Projection<JourneyStages> = {
  name: 'journey-stages',
  version: 2,
  personal: false,
  keys(event) {
    const stream = parseStreamName(event.stream);
    return stream?.category === 'journey' ? [stream.id] : [];
  },
  evolve(row, event, id, versions) {
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
      revision: revisionOf(row, event, versions),
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
