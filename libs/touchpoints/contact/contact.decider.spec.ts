import { describe, it } from '@jest/globals';
import { sentences } from '@touchline/testing/given-when-then.js';
import type { ContactCommand } from './contact.decider.js';
import { contactDecider } from './contact.decider.js';

const given = sentences(contactDecider, {});
const at = '2026-03-02T02:00:00.000Z';
const about = { contactId: 'k', occurredAt: at };
const call = { channel: 'phone', direction: 'in', responsibleId: 'u', contactTaken: false, rings: 2 } as const;
const data = { ...call, kind: 'call', siteId: 'pudong' } as const;
const subjects = { contact: 'k', site: 'pudong' };
const recorded = { type: 'contact-recorded', data, subjects };
const tie = { customerId: 'c', journeyId: 'j' };
const whole = { ...subjects, customer: 'c', journey: 'j' };
const tied = { type: 'contact-tied', data: tie, subjects: whole };
const untied = { type: 'contact-untied', data: { ...tie, reason: 'another caller' }, subjects: whole };

const record: ContactCommand = { kind: 'record', siteId: 'pudong', fact: { kind: 'call', data: call }, ...about };
const doTie: ContactCommand = { kind: 'tie', tie, ...about };
const doUntie: ContactCommand = { kind: 'untie', reason: 'another caller', ...about };

describe('an unidentified contact', () => {
  it('is recorded for its site, with the fields of its call or visit', () => {
    given().when(record).then({ type: 'contact-recorded', data, occurredAt: at, subjects });
  });

  it('is recorded once', () => {
    given(recorded).when(record).thenRefused('contact.already-recorded');
  });

  it('is corrected by naming what was recorded', () => {
    const right = { ...call, rings: 5 };
    given(recorded)
      .when({ ...record, fact: { kind: 'call', data: right }, corrects: 'given-0' })
      .then({ type: 'contact-recorded', data: { ...data, rings: 5 }, occurredAt: at, subjects, corrects: 'given-0' });
    given(recorded, tied)
      .when({ ...record, corrects: 'given-1' })
      .thenRefused('correction.other-kind');
  });

  it('is tied to the journey of whoever it was', () => {
    given(recorded).when(doTie).then({ type: 'contact-tied', data: tie, occurredAt: at, subjects: whole });
  });

  it('is not tied to a journey that nobody is known to make', () => {
    given(recorded)
      .when({ ...doTie, tie: { journeyId: 'j' } })
      .thenRefused('contact.journey-unidentified');
  });

  it('is tied to one journey at a time', () => {
    given(recorded, tied).when(doTie).thenRefused('contact.already-tied');
    given(recorded, tied, untied).when(doTie).then({ type: 'contact-tied', data: tie, occurredAt: at, subjects: whole });
  });

  it('is untied with the reason, from what it was tied to', () => {
    given(recorded, tied)
      .when(doUntie)
      .then({ type: 'contact-untied', data: { ...tie, reason: 'another caller' }, occurredAt: at, subjects: whole });
    given(recorded).when(doUntie).thenRefused('contact.not-tied');
    given(recorded, tied, untied).when(doUntie).thenRefused('contact.not-tied');
  });

  it('cannot be tied or untied before it is there', () => {
    given().when(doTie).thenRefused('contact.unknown');
    given().when(doUntie).thenRefused('contact.unknown');
  });
});
