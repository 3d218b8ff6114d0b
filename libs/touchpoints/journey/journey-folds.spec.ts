import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DecideContext, NewEvent, RecordedEvent } from '@touchline/core';
import { applyCorrections } from '@touchline/core';
import { stageReached } from '@touchline/playbooks';
import { NOW, recordedEvent } from '@touchline/testing/given-when-then.js';
import { by, march, opening, rules, yuan } from '@touchline/testing/journeys.js';
import type { ContractCommand } from '../contract/contract.decider.js';
import { contractDecider } from '../contract/contract.decider.js';
import type { HandoverCommand } from '../handover/handover.decider.js';
import { handoverDecider } from '../handover/handover.decider.js';
import type { QuoteCommand } from '../quote/quote.decider.js';
import { quoteDecider } from '../quote/quote.decider.js';
import { evolveDealings, noDealings, standingContract, standingQuote } from './dealings.fold.js';
import { evolveStages, noStages, stageEntries, standingStage } from './journey-stage.fold.js';
import { evolveJourneyStatus, lifecycleOf, noJourneyStatus } from './journey-status.fold.js';
import { evolveJourney, noJourney } from './journey.fold.js';

type Act = Pick<QuoteCommand, 'act'>['act'] | Pick<ContractCommand, 'act'>['act'] | Pick<HandoverCommand, 'act'>['act'];
const ACTS: Act[] = ['issue', 'revise', 'withdraw', 'sign', 'cancel', 'schedule', 'complete'];

interface Step {
  act: Act;
  /** Day of March it happened; records come in the order of the steps. */
  day: number;
  /** Picks the recorded event a correction names; null for no correction. */
  corrects: number | null;
}

const stepOf = (corrects: fc.Arbitrary<number | null>, days: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
  fc.record({ act: fc.constantFrom(...ACTS), day: days, corrects });
const anyDay = fc.integer({ min: 2, max: 28 });
const steps = fc.array(stepOf(fc.constant(null), anyDay), { maxLength: 25 });
const stepsWithCorrections = fc.array(stepOf(fc.option(fc.nat(30), { freq: 3 }), anyDay), { maxLength: 25 });

/** What the log holds after the steps: imported history keeps what breaks a rule, live recording does not (ADR 0010). */
function history(taken: readonly Step[], imported: boolean): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  const append = (decided: readonly NewEvent[]): void => {
    for (const event of decided) {
      const stage = stageReached(rules.playbook, event.type);
      const index = events.length;
      events.push(recordedEvent({ ...event, id: `e${index}`, ...(stage && { stage }) }, index));
    }
  };
  for (const [index, { act, day, corrects }] of taken.entries()) {
    // No two happen at the same instant, which their positions would have to tell apart.
    const occurredAt = new Date(Date.parse(march(day)) + index).toISOString();
    const named = corrects === null ? undefined : events[corrects % Math.max(events.length, 1)];
    const context: DecideContext = {
      now: NOW,
      newId: (name) => name,
      eventId: (n) => `e${n}`,
      recorded: (id) => events.find((event) => event.id === id),
    };
    const state = applyCorrections(events).reduce(evolveJourney, noJourney);
    const on = { journeyId: 'j-1', occurredAt, opening, ...(named && { corrects: named.id }) };
    const { events: decided, refusals } = decide(act, on, state, context);
    if (refusals.every(({ kind }) => imported && kind === 'rule')) append(decided);
  }
  return events;
}

function decide(act: Act, on: { journeyId: string; occurredAt: string }, state: typeof noJourney, context: DecideContext) {
  switch (act) {
    case 'issue':
    case 'revise':
      return quoteDecider.decide(state, { ...on, act, quote: { ...by, price: yuan(1) } }, context);
    case 'withdraw':
      return quoteDecider.decide(state, { ...on, act, withdrawal: by }, context);
    case 'sign':
      return contractDecider.decide(state, { ...on, act, contract: { ...by, price: yuan(1) } }, context);
    case 'cancel':
      return contractDecider.decide(state, { ...on, act, cancellation: { ...by, reason: 'changed mind' } }, context);
    case 'schedule':
      return handoverDecider.decide(state, { ...on, act, appointment: { ...by, at: march(30), reason: 'transport' } }, context);
    case 'complete':
      return handoverDecider.decide(state, { ...on, act, report: by }, context);
  }
}

const folds = (events: readonly RecordedEvent[]) => ({
  dealings: events.reduce(evolveDealings, noDealings),
  stages: events.reduce(evolveStages, noStages),
  status: events.reduce(evolveJourneyStatus, noJourneyStatus),
});
const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('folds of a journey', () => {
  it('are the same in whatever order the events are read', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), fc.array(fc.nat(), { minLength: 60, maxLength: 60 }), (taken, imported, places) => {
        const events = history(taken, imported);
        const shuffled = events
          .map((event, index) => ({ event, at: places[index] ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ event }) => event);
        expect(asJson(folds(shuffled))).toEqual(asJson(folds(events)));
        expect(JSON.stringify(folds(shuffled).stages.reached)).toBe(JSON.stringify(folds(events).stages.reached));
      }),
    );
  });

  it('of a part, stored and taken up again, go on as the fold of the whole', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), fc.nat(50), (taken, imported, cut) => {
        const events = history(taken, imported);
        const [first, rest] = [events.slice(0, cut), events.slice(cut)];
        const stored = asJson({ ...folds(first), journey: first.reduce(evolveJourney, noJourney) });
        expect({
          dealings: rest.reduce(evolveDealings, stored.dealings),
          stages: rest.reduce(evolveStages, stored.stages),
          status: rest.reduce(evolveJourneyStatus, stored.status),
          journey: rest.reduce(evolveJourney, stored.journey),
        }).toEqual({ ...folds(events), journey: events.reduce(evolveJourney, noJourney) });
      }),
    );
  });

  it('take a correction that is recorded again as the same correction', () => {
    fc.assert(
      fc.property(stepsWithCorrections, fc.boolean(), (taken, imported) => {
        const events = history(taken, imported);
        const again = events
          .filter((event) => event.meta.corrects !== undefined)
          .map((event, index) => ({ ...event, id: `again${index}` }));
        expect(folds(applyCorrections([...events, ...again]))).toEqual(folds(applyCorrections(events)));
      }),
    );
  });

  it('take a correction that changes nothing as no correction', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (taken, imported) => {
        const events = history(taken, imported);
        const same = events.map((event) => ({ ...event, id: `same-${event.id}`, meta: { ...event.meta, corrects: event.id } }));
        expect(folds(applyCorrections([...events, ...same]))).toEqual(folds(events));
      }),
    );
  });

  it('never let corrections renumber what was recorded', () => {
    fc.assert(
      fc.property(stepsWithCorrections, fc.boolean(), (taken, imported) => {
        const events = history(taken, imported);
        for (const event of events) {
          const named = events.find(({ id }) => id === event.meta.corrects);
          for (const key of ['version', 'number', 'settledQuote', 'contract', 'previousAt'])
            if (named !== undefined) expect(event.data[key]).toBe(named.data[key]);
        }
      }),
    );
  });
});

describe('what stands', () => {
  it('is one quote or one contract at a time, when recorded live', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const { dealings } = folds(history(taken, false));
        const standing = Object.keys(dealings.signed).filter((number) => dealings.cancelled[number] === undefined);
        expect(standing.length).toBeLessThanOrEqual(1);
        if (standingContract(dealings) !== null) expect(standingQuote(dealings)).toBeNull();
      }),
    );
  });

  it('decides stage and lifecycle alike', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const { stages, status } = folds(history(taken, false));
        const byLifecycle = { formal: 'delivery', committed: 'order', intending: 'quote', potential: undefined, trial: undefined };
        expect(standingStage(stages)?.id).toBe(byLifecycle[lifecycleOf(status)]);
      }),
    );
  });

  it('is a stage that is entered no later than it is taken back', () => {
    const act = (name: 'issue' | 'sign' | 'cancel', day: number) => ({ act: name, day, corrects: null });
    fc.assert(
      fc.property(steps, (taken) => {
        for (const { enteredAt, takenBackAt } of stageEntries(folds(history(taken, false)).stages))
          if (takenBackAt !== null) expect(takenBackAt >= enteredAt).toBe(true);
      }),
      // A quote told with a later day than the contract that settled it.
      { examples: [[[act('issue', 3), act('sign', 2), act('cancel', 2)]]] },
    );
  });
});
