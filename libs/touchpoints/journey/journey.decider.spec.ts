import { describe, it } from '@jest/globals';
import { NOW, sentences } from '@touchline/testing/given-when-then.js';
import { about, lost, march, opened, opening, owned, signed } from '@touchline/testing/journeys.js';
import { journeyDecider } from './journey.decider.js';

const given = sentences(journeyDecider, {});
const journey = [opened, owned];
const occurredAt = march(10);
const on = { journeyId: 'j-1', occurredAt };
const loss = { kind: 'bought-elsewhere', to: '他牌', why: 'price' } as const;
const lose = { ...on, act: 'lose', loss } as const;
const lostNow = { type: 'journey-lost', data: loss, occurredAt, subjects: about };
const byManager = { ...on, act: 'reactivate', reactivation: { cause: 'manager', note: 'wants to talk again' }, byManager: true } as const;
const inError = { ...on, act: 'reactivate', reactivation: { cause: 'recorded-in-error' }, byManager: false } as const;
const reactivated = (data: object) => ({ type: 'journey-reactivated', data: { ...data }, occurredAt, subjects: about });

describe('losing a journey', () => {
  it('says how, to whom and why', () => {
    given(...journey)
      .when(lose)
      .then(lostNow);
  });

  it('may open the journey that an imported source states as lost', () => {
    given()
      .when({ ...lose, opening })
      .then({ type: 'journey-opened', data: opening, occurredAt, subjects: about }, lostNow);
  });

  it('is refused for one that is lost, bought, or not there', () => {
    given(...journey, lost(march(5)))
      .when(lose)
      .thenRefused('journey.already-lost');
    given(...journey, signed(1, march(5)))
      .when(lose)
      .thenRefused('journey.contract-stands');
    given().when(lose).thenRefused('journey.unknown');
  });

  it('is refused before the journey was opened or taken up again', () => {
    given(...journey)
      .when({ ...lose, occurredAt: march(1) })
      .thenRefused('journey.out-of-order');
    given(...journey, lost(march(5)), { ...reactivated({ cause: 'manager' }), occurredAt: march(11) })
      .when(lose)
      .thenRefused('journey.out-of-order');
  });

  it('is corrected, lost or taken up again by now', () => {
    given(...journey, { ...lost(march(5)), id: 'loss' }, { ...reactivated({ cause: 'manager' }), occurredAt: march(6) })
      .when({ ...lose, corrects: 'loss' })
      .then({ ...lostNow, corrects: 'loss' });
  });

  it('corrects nothing that is not there, nor anything of another kind', () => {
    const correcting = given({ ...opened, id: 'opened-1' });
    correcting.when({ ...lose, corrects: 'nowhere' }).thenRefused('correction.unknown-event');
    correcting.when({ ...lose, corrects: 'opened-1' }).thenRefused('correction.other-kind');
  });
});

describe('taking a journey up again', () => {
  const gone = [...journey, lost(march(5))];

  it('is a manager’s decision, or mends a loss recorded in error', () => {
    given(...gone)
      .when(byManager)
      .then(reactivated(byManager.reactivation));
    given(...gone)
      .when(inError)
      .then(reactivated(inError.reactivation));
  });

  it('by decision is refused to anyone but a manager', () => {
    given(...gone)
      .when({ ...byManager, byManager: false })
      .thenRefused('journey.not-a-manager');
  });

  it('is refused for one that is open or not there, and before it was lost', () => {
    given(...journey)
      .when(byManager)
      .thenRefused('journey.not-lost');
    given().when(byManager).thenRefused('journey.unknown');
    given(...journey, lost(march(11)))
      .when(byManager)
      .thenRefused('journey.out-of-order');
  });
});

describe('identifying a journey', () => {
  const { customerId: _customer, ...unidentified } = opening;
  const identify = { act: 'identify', journeyId: 'j-1', customerId: 'c-1' } as const;

  it('ties it to its customer, now', () => {
    given({ ...opened, data: unidentified })
      .when(identify)
      .then({ type: 'journey-identified', data: { customerId: 'c-1' }, occurredAt: NOW, subjects: about });
  });

  it('is refused for one that has its customer, or is not there', () => {
    given(opened)
      .when({ ...identify, customerId: 'c-2' })
      .thenRefused('journey.already-identified');
    given().when(identify).thenRefused('journey.unknown');
  });
});

describe('assigning an owner', () => {
  const assign = { act: 'assign', journeyId: 'j-1', ownerId: 'chen', note: 'li leaves' } as const;
  const assigned = (data: object, at: string) => ({ type: 'journey-owner-assigned', data: { ...data }, occurredAt: at, subjects: about });

  it('counts from now, whoever owned it', () => {
    for (const past of [journey, [opened], [...journey, lost(march(5))]])
      given(...past)
        .when(assign)
        .then(assigned({ ownerId: 'chen', reason: 'reassigned', note: 'li leaves' }, NOW));
  });

  it('by an imported source counts from when the source says', () => {
    given(opened)
      .when({ act: 'assign', journeyId: 'j-1', ownerId: 'chen', sourceSince: march(3) })
      .then(assigned({ ownerId: 'chen', reason: 'source' }, march(3)));
  });

  it('is refused to the owner it has, and for a journey that is not there', () => {
    given(...journey)
      .when({ ...assign, ownerId: 'li' })
      .thenRefused('journey.same-owner');
    given().when(assign).thenRefused('journey.unknown');
  });
});
