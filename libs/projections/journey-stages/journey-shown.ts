import { contractShown } from '../contract-shown.js';
import type { JourneyRow } from './journey-filter.js';
import type { JourneyShown, ListedJourneyShown } from './journey-stages.dto.js';

type Listed = Pick<ListedJourneyShown, keyof ListedJourneyShown>;

/** A journey as a list tells it. */
export function listedJourney(row: JourneyRow): Listed {
  const { id, playbookId, playbookVersion, contractAt, contractAmount, contractCurrency, stageId, stages, ...same } = row;
  const standing = stages.find(({ stage, outcome }) => stage === stageId && outcome !== 'taken-back');
  return {
    journeyId: id,
    ...same,
    contract: contractShown({ contractAt, contractAmount, contractCurrency }),
    playbook: playbookId === null || playbookVersion === null ? null : { id: playbookId, version: playbookVersion },
    stage: standing === undefined ? null : { id: standing.stage, order: standing.order, enteredAt: standing.enteredAt },
  };
}

/** The same with the stages it went through. */
export const wholeJourney = (row: JourneyRow): Listed & Pick<JourneyShown, 'stages'> => ({
  ...listedJourney(row),
  stages: row.stages.map(({ stage: id, ...rest }) => ({ id, ...rest })),
});
