import { describe, it } from '@jest/globals';
import { sentences } from '@touchline/testing/given-when-then.js';
import { about, by, lost, march, opened, opening, owned, rules, signed } from '@touchline/testing/journeys.js';
import { callDecider } from './call.decider.js';
import type { CallEvent } from './call.events.js';

const given = sentences(callDecider, rules);
const occurredAt = march(10);
const received = (contactTaken: boolean): CallEvent => ({
  type: 'call-received',
  data: { ...by, channel: 'phone', direction: 'in', contactTaken, rings: 2 },
});
const made: CallEvent = { type: 'call-made', data: { ...by, channel: 'phone', reached: true } };
const recorded = (fact: CallEvent) => ({ ...fact, occurredAt, subjects: about });
const assigned = (ownerId: string) => ({
  type: 'journey-owner-assigned',
  data: { ownerId, reason: 'first-reception' },
  occurredAt,
  subjects: about,
});
const call = { journeyId: 'j-1', occurredAt, claimant: 'li' };

describe('a call received', () => {
  it('opens the journey it is the first of, and claims it where contact details were taken', () => {
    given()
      .when({ ...call, opening, fact: received(true) })
      .then({ type: 'journey-opened', data: opening, occurredAt, subjects: about }, assigned('li'), recorded(received(true)));
  });

  it('claims nothing where no contact details were taken', () => {
    given(opened)
      .when({ ...call, fact: received(false) })
      .then(recorded(received(false)));
  });

  it('leaves the journey to the owner it has', () => {
    given(opened, owned)
      .when({ ...call, claimant: 'chen', fact: received(true) })
      .then(recorded(received(true)));
  });

  it('is refused on a journey that is not there', () => {
    given()
      .when({ ...call, fact: received(true) })
      .thenRefused('journey.unknown');
  });

  it('brings a lost journey back, its owner with it', () => {
    given(opened, owned, lost(march(5)))
      .when({ ...call, fact: received(true) })
      .then({ type: 'journey-reactivated', data: { cause: 'customer-came-back' }, occurredAt, subjects: about }, recorded(received(true)));
  });

  it('brings it back until the last allowed day ends at the site, and not a moment later', () => {
    // Lost on 5 March; the 180th day after it is 1 September, which ends at 16:00 UTC.
    const until = (at: string) => given(opened, owned, lost(march(5))).when({ ...call, occurredAt: at, fact: received(true) });
    const back = { occurredAt: '2026-09-01T15:59:59.999Z', subjects: about };
    until(back.occurredAt).then(
      { type: 'journey-reactivated', data: { cause: 'customer-came-back' }, ...back },
      { ...received(true), ...back },
    );
    until('2026-09-01T16:00:00.000Z').thenRefused('journey.not-open');
  });

  it('never brings back a journey that was bought', () => {
    given(opened, owned, signed(1, march(4)), lost(march(5)))
      .when({ ...call, fact: received(true) })
      .thenRefused('journey.not-open');
  });

  it('told late, from before the loss, is recorded and brings nothing back', () => {
    given(opened, owned, lost(march(11)))
      .when({ ...call, fact: received(true) })
      .then(recorded(received(true)));
  });

  it('corrects another without touching journey or owner, even on a lost journey', () => {
    const first = { ...received(true), subjects: about, id: 'call-1' };
    given(opened, first, lost(march(5)))
      .when({ ...call, fact: received(false), corrects: 'call-1' })
      .then({ ...recorded(received(false)), corrects: 'call-1' });
  });

  it('corrects nothing that is not there, nor anything of another kind', () => {
    const correcting = given({ ...opened, id: 'opened-1' });
    correcting.when({ ...call, fact: received(true), corrects: 'nowhere' }).thenRefused('correction.unknown-event');
    correcting.when({ ...call, fact: received(true), corrects: 'opened-1' }).thenRefused('correction.other-kind');
  });
});

describe('a call made', () => {
  it('is recorded on its journey and claims nothing', () => {
    given(opened)
      .when({ ...call, fact: made })
      .then(recorded(made));
  });

  it('does not bring a lost journey back', () => {
    given(opened, owned, lost(march(5)))
      .when({ ...call, fact: made })
      .thenRefused('journey.not-open');
  });

  it('of imported history on a lost journey is noted and recorded', () => {
    given(opened, owned, lost(march(5)))
      .when({ ...call, fact: made })
      .thenNoted(['journey.not-open'], recorded(made));
  });
});
