import { describe, it } from '@jest/globals';
import { sentences } from '@touchline/testing/given-when-then.js';
import { about, appointed, by, cancelled, handedOver, lost, march, opened, owned, signed } from '@touchline/testing/journeys.js';
import { handoverDecider } from './handover.decider.js';

const given = sentences(handoverDecider, {});
const journey = [opened, owned];
const bought = [...journey, signed(1, march(5))];
const arranged = [...bought, appointed(1, march(25), march(6))];
const occurredAt = march(10);
const on = { journeyId: 'j-1', occurredAt };
const appointment = { ...by, at: march(28), reason: 'transport', customerToldAt: march(10) };
const schedule = { ...on, act: 'schedule', appointment } as const;
const report = { ...by, checklist: { passed: 42, failed: 0 }, documents: true, photo: true };
const complete = { ...on, act: 'complete', report } as const;
const event = (type: string, data: object) => ({ type, data: { ...data }, occurredAt, subjects: about });

describe('scheduling a handover', () => {
  it('makes an appointment for the contract that stands', () => {
    given(...bought)
      .when(schedule)
      .then(event('handover-scheduled', { ...appointment, contract: 1 }));
  });

  it('again moves it, and the event says from when', () => {
    given(...arranged)
      .when(schedule)
      .then(event('handover-rescheduled', { ...appointment, contract: 1, previousAt: march(25) }));
  });

  it('begins anew with the next contract', () => {
    given(...arranged, cancelled(1, march(7)), signed(2, march(8)))
      .when(schedule)
      .then(event('handover-scheduled', { ...appointment, contract: 2 }));
  });

  it('is refused without a contract', () => {
    given(...journey)
      .when(schedule)
      .thenRefused('handover.no-contract');
    given(...bought, cancelled(1, march(7)))
      .when(schedule)
      .thenRefused('handover.no-contract');
  });

  it('is refused once handed over', () => {
    given(...bought, handedOver(1, march(8)))
      .when(schedule)
      .thenRefused('handover.already-completed');
  });

  it('is refused for a time gone by', () => {
    given(...bought)
      .when({ ...schedule, appointment: { ...appointment, at: march(9) } })
      .thenRefused('handover.appointment-past');
  });

  it('is refused before the contract or the earlier appointment was made', () => {
    given(...journey, signed(1, march(11)))
      .when(schedule)
      .thenRefused('handover.out-of-order');
    given(...bought, appointed(1, march(25), march(11)))
      .when(schedule)
      .thenRefused('handover.out-of-order');
  });

  it('to the same time, or without a reason, moves nothing', () => {
    const unexplained = { ...by, at: march(28) };
    given(...arranged)
      .when({ ...schedule, appointment: { ...appointment, at: march(25) } })
      .thenRefused('handover.same-time');
    given(...arranged)
      .when({ ...schedule, appointment: unexplained })
      .thenRefused('handover.reason-missing');
    given(...bought)
      .when({ ...schedule, appointment: unexplained })
      .then(event('handover-scheduled', { ...unexplained, contract: 1 }));
  });

  it('is refused on a lost journey and on one that is not there', () => {
    given(...bought, lost(march(7)))
      .when(schedule)
      .thenRefused('journey.not-open');
    given().when(schedule).thenRefused('journey.unknown');
  });

  it('is corrected as what it was recorded as, with its contract and what it was moved from', () => {
    const moved = {
      type: 'handover-rescheduled',
      data: { ...appointment, contract: 1, previousAt: march(25) },
      subjects: about,
      occurredAt: march(9),
    };
    const past = [...bought, { ...appointed(1, march(25), march(6)), id: 'first' }, { ...moved, id: 'moved' }];
    given(...past)
      .when({ ...schedule, corrects: 'first' })
      .then({ ...event('handover-scheduled', { ...appointment, contract: 1 }), corrects: 'first' });
    given(...past)
      .when({ ...schedule, corrects: 'moved' })
      .then({ ...event('handover-rescheduled', { ...appointment, contract: 1, previousAt: march(25) }), corrects: 'moved' });
    given(...past)
      .when({ ...schedule, corrects: 'nowhere' })
      .thenRefused('correction.unknown-event');
  });
});

describe('completing a handover', () => {
  it('records what was done for the contract that stands, appointed or not', () => {
    for (const past of [bought, arranged])
      given(...past)
        .when(complete)
        .then(event('handover-completed', { ...report, contract: 1 }));
  });

  it('is refused without a contract, and a second time', () => {
    given(...journey)
      .when(complete)
      .thenRefused('handover.no-contract');
    given(...bought, handedOver(1, march(8)))
      .when(complete)
      .thenRefused('handover.already-completed');
  });

  it('is refused before the contract was signed', () => {
    given(...journey, signed(1, march(11)))
      .when(complete)
      .thenRefused('handover.out-of-order');
  });

  it.each([
    { passed: -1, failed: 0 },
    { passed: 1, failed: 0.5 },
  ])('is refused with a checklist of %j', (checklist) => {
    given(...bought)
      .when({ ...complete, report: { ...report, checklist } })
      .thenRefused('handover.checklist-invalid');
  });

  it('of imported history without a contract is noted and recorded', () => {
    given(...journey)
      .when(complete)
      .thenNoted(['handover.no-contract'], event('handover-completed', { ...report, contract: 0 }));
  });

  it('is corrected with its contract', () => {
    given(...bought, { ...handedOver(1, march(6)), id: 'done' }, cancelled(1, march(7)), signed(2, march(8)))
      .when({ ...complete, corrects: 'done' })
      .then({ ...event('handover-completed', { ...report, contract: 1 }), corrects: 'done' });
    given(...bought, { ...appointed(1, march(25), march(6)), id: 'first' })
      .when({ ...complete, corrects: 'first' })
      .thenRefused('correction.other-kind');
  });
});
