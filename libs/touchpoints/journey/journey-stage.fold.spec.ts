import { describe, expect, it } from '@jest/globals';
import type { Given } from '@touchline/testing/given-when-then.js';
import { recordedEvent } from '@touchline/testing/given-when-then.js';
import { appointed, cancelled, handedOver, march, opened, quoted, signed, visited, withdrawn } from '@touchline/testing/journeys.js';
import { evolveStages, noStages, stageEntries, standingStage } from './journey-stage.fold.js';

const STAGES = ['reception', 'test-drive', 'quote', 'order', 'delivery'];
const reaching = (event: Given, id: string): Given => ({ ...event, stage: { id, order: STAGES.indexOf(id) } });

const reception = reaching(visited, 'reception');
const quote = (version: number, day: number): Given => reaching(quoted(version, march(day)), 'quote');
const order = (number: number, day: number, settledQuote = 0): Given => reaching(signed(number, march(day), settledQuote), 'order');
const delivery = (number: number, day: number): Given => reaching(handedOver(number, march(day)), 'delivery');

const fold = (events: Given[]) => events.map((event, index) => recordedEvent(event, index)).reduce(evolveStages, noStages);
/** Where a journey stands and since when. */
const stands = (...events: Given[]) => {
  const stage = standingStage(fold(events));
  return stage === null ? null : [stage.id, stage.enteredAt];
};

describe('the stage a journey stands at', () => {
  it('is none before anything reached one', () => {
    expect(stands(opened)).toBeNull();
  });

  it('is the furthest reached, in the playbook’s order, not the last', () => {
    expect(stands(opened, reception, quote(1, 3), reaching({ ...visited, occurredAt: march(4) }, 'reception'))).toEqual([
      'quote',
      march(3),
    ]);
  });

  it('was entered when it was first reached, by what happened and not by what was recorded', () => {
    expect(stands(reaching({ ...visited, occurredAt: march(5) }, 'reception'), reception)).toEqual(['reception', march(2)]);
  });

  it('is kept through touchpoints that reach none', () => {
    expect(stands(reception, { ...visited, occurredAt: march(3) })).toEqual(['reception', march(2)]);
  });

  it('stays when a quote is revised', () => {
    expect(stands(reception, quote(1, 3), quote(2, 4))).toEqual(['quote', march(3)]);
  });

  it('falls back when the quote is withdrawn, and no older version is revived', () => {
    expect(stands(reception, quote(1, 3), quote(2, 4), withdrawn(2, march(5)))).toEqual(['reception', march(2)]);
  });

  it('is entered anew by the next quote', () => {
    expect(stands(reception, quote(1, 3), withdrawn(1, march(4)), quote(2, 6))).toEqual(['quote', march(6)]);
  });

  it('falls back behind the quote it was signed on when the contract is cancelled', () => {
    expect(stands(reception, quote(1, 3), order(1, 4, 1))).toEqual(['order', march(4)]);
    expect(stands(reception, quote(1, 3), order(1, 4, 1), cancelled(1, march(5)))).toEqual(['reception', march(2)]);
  });

  it('loses the handover and its appointment with the contract', () => {
    const arranged = reaching(appointed(1, march(20), march(5)), 'order');
    expect(stands(reception, order(1, 4), delivery(1, 6))).toEqual(['delivery', march(6)]);
    expect(stands(reception, order(1, 4), arranged, delivery(1, 6), cancelled(1, march(7)))).toEqual(['reception', march(2)]);
  });

  it('keeps what a second contract reached', () => {
    expect(stands(reception, order(1, 4), cancelled(1, march(5)), order(2, 6))).toEqual(['order', march(6)]);
  });

  it('is the same whatever was recorded first', () => {
    expect(stands(cancelled(1, march(5)), order(1, 4, 1), quote(1, 3), reception)).toEqual(['reception', march(2)]);
  });

  it('loses nothing to an imported withdrawal or cancellation of what there never was', () => {
    const nothing = (type: string): Given => ({ type, data: {}, occurredAt: march(5) });
    expect(stands(reception, quote(1, 3), nothing('quote-withdrawn'), nothing('contract-cancelled'))).toEqual(['quote', march(3)]);
  });
});

describe('the stages a journey went through', () => {
  it('are all there, each with when it was entered and when it was taken back', () => {
    const stages = fold([quote(1, 3), reception, quote(2, 4), order(1, 5, 2), cancelled(1, march(8))]);
    expect(stageEntries(stages)).toEqual([
      { id: 'reception', order: 0, enteredAt: march(2), takenBackAt: null },
      { id: 'quote', order: 2, enteredAt: march(3), takenBackAt: march(8) },
      { id: 'order', order: 3, enteredAt: march(5), takenBackAt: march(8) },
    ]);
  });

  it('take no more room for a hundred touchpoints than for one', () => {
    const many = Array.from({ length: 100 }, (_, day) =>
      reaching({ ...visited, occurredAt: `2026-04-01T00:00:${day % 60}.000Z` }, 'reception'),
    );
    expect(fold(many).reached).toHaveLength(1);
  });
});
