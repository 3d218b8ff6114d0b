import { describe, it } from '@jest/globals';
import { sentences } from '@touchline/testing/given-when-then.js';
import { about, by, lost, march, opened, opening, owned, rules, visited } from '@touchline/testing/journeys.js';
import { visitDecider } from './visit.decider.js';
import type { VisitReceived } from './visit.events.js';

const given = sentences(visitDecider, rules);
const occurredAt = march(10);
const visit: VisitReceived = { ...by, direction: 'in', responsibleId: 'chen', batchSize: 2, first: true, contactTaken: true };
const when = { journeyId: 'j-1', occurredAt, visit };
const recorded = (data: VisitReceived) => ({ type: 'visit-received', data, occurredAt, subjects: about }) as const;
const openedNow = { type: 'journey-opened', data: opening, occurredAt, subjects: about };
const claimed = {
  type: 'journey-owner-assigned',
  data: { ownerId: 'chen', reason: 'first-reception' },
  occurredAt,
  subjects: about,
};

describe('a visit received', () => {
  it('opens the journey it is the first of and gives it to whoever received', () => {
    given()
      .when({ ...when, opening })
      .then(openedNow, claimed, recorded(visit));
  });

  it('claims a journey without an owner, contact details taken or not', () => {
    const unnamed = { ...visit, contactTaken: false };
    given(opened)
      .when({ ...when, visit: unnamed })
      .then(claimed, recorded(unnamed));
  });

  it('leaves the journey to the owner it has', () => {
    given(opened, owned).when(when).then(recorded(visit));
  });

  it('on behalf of the owner changes no owner', () => {
    const onBehalf = { ...visit, onBehalfOf: 'li' };
    given(opened, owned)
      .when({ ...when, visit: onBehalf })
      .then(recorded(onBehalf));
  });

  it('on behalf of somebody who is not the owner is refused', () => {
    given(opened, owned)
      .when({ ...when, visit: { ...visit, onBehalfOf: 'zhou' } })
      .thenRefused('visit.not-the-owner');
    given(opened)
      .when({ ...when, visit: { ...visit, onBehalfOf: 'zhou' } })
      .thenRefused('visit.not-the-owner');
  });

  it('brings a lost journey back', () => {
    given(opened, owned, lost(march(5)))
      .when(when)
      .then({ type: 'journey-reactivated', data: { cause: 'customer-came-back' }, occurredAt, subjects: about }, recorded(visit));
  });

  it('too late after the loss is refused', () => {
    given(opened, owned, lost('2025-03-05T02:00:00.000Z')).when(when).thenRefused('journey.not-open');
  });

  it('on a journey that is not there is refused', () => {
    given().when(when).thenRefused('journey.unknown');
  });

  it.each([0, -1, 1.5, Number.NaN])('of %d people is refused, as a correction too', (batchSize) => {
    const empty = { ...when, visit: { ...visit, batchSize } };
    given(opened, owned).when(empty).thenRefused('visit.batch-empty');
    given(opened, { ...visited, id: 'visit-1' })
      .when({ ...empty, corrects: 'visit-1' })
      .thenRefused('visit.batch-empty');
  });

  it('corrects another and never who owns', () => {
    given(opened, { ...visited, id: 'visit-1' })
      .when({ ...when, corrects: 'visit-1' })
      .then({ ...recorded(visit), corrects: 'visit-1' });
  });

  it('corrects nothing that is not there, nor anything of another kind', () => {
    const correcting = given({ ...opened, id: 'opened-1' });
    correcting.when({ ...when, corrects: 'nowhere' }).thenRefused('correction.unknown-event');
    correcting.when({ ...when, corrects: 'opened-1' }).thenRefused('correction.other-kind');
  });
});
