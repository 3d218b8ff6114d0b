import { describe, it } from '@jest/globals';
import { NOW, sentences } from '@touchline/testing/given-when-then.js';
import type { PersonalDataRevealed } from './reveal.events.js';
import { revealDecider } from './reveal.decider.js';

const given = sentences(revealDecider, {});

const data: PersonalDataRevealed = { fields: ['phones'], reason: '客户要求回电', by: 'user-li' };
const revealed = { type: 'personal-data-revealed' as const, data };
const command = { customerId: 'c1', revealed: data };

describe('a reveal', () => {
  it('is recorded for the customer', () => {
    given()
      .when(command)
      .then({ ...revealed, occurredAt: NOW, subjects: { customer: 'c1' } });
  });

  it('is recorded every time', () => {
    given(revealed)
      .when(command)
      .then({ ...revealed, occurredAt: NOW, subjects: { customer: 'c1' } });
  });
});
