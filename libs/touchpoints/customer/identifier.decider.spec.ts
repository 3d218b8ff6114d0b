import { describe, it } from '@jest/globals';
import { sentences } from '@touchline/testing/given-when-then.js';
import type { IdentifierCommand } from './identifier.decider.js';
import { identifierDecider } from './identifier.decider.js';

const given = sentences(identifierDecider, {});
const at = '2026-03-02T02:00:00.000Z';
const claim = (customerId: string, share = false): IdentifierCommand => ({
  kind: 'claim',
  identifier: 'phone',
  customerId,
  occurredAt: at,
  ...(share && { share }),
});
const release = (customerId: string): IdentifierCommand => ({ kind: 'release', customerId, occurredAt: at });
const past = (type: string, customerId: string) => ({ type, data: { kind: 'phone', customerId }, subjects: { customer: customerId } });
const event = <T extends string>(type: T, customerId: string) => ({ ...past(type, customerId), type, occurredAt: at });

describe('an identifier', () => {
  it('is claimed by whoever comes first', () => {
    given().when(claim('a')).then(event('identifier-claimed', 'a'));
    given().when(claim('a', true)).then(event('identifier-claimed', 'a'));
  });

  it('is held: nobody else gets it unless they share it explicitly', () => {
    const claimed = past('identifier-claimed', 'a');
    given(claimed).when(claim('b')).thenRefused('identifier.held');
    given(claimed).when(claim('b', true)).then(event('identifier-shared', 'b'));
  });

  it('is its holder’s already: claiming it again changes nothing', () => {
    const [claimed, shared] = [past('identifier-claimed', 'a'), past('identifier-shared', 'b')];
    given(claimed, shared).when(claim('a')).then();
    given(claimed, shared).when(claim('b', true)).then();
  });

  it('is free for the next once every holder has let go', () => {
    const [claimed, shared] = [past('identifier-claimed', 'a'), past('identifier-shared', 'b')];
    const released = (customerId: string) => ({ type: 'identifier-released', data: { customerId } });
    given(claimed, shared, released('a')).when(claim('c')).thenRefused('identifier.held');
    given(claimed, shared, released('a'), released('b')).when(claim('c')).then(event('identifier-claimed', 'c'));
  });

  it('is released by its holder, and by nobody else', () => {
    const claimed = past('identifier-claimed', 'a');
    const released = { type: 'identifier-released', data: { customerId: 'a' }, occurredAt: at, subjects: { customer: 'a' } };
    given(claimed).when(release('a')).then(released);
    given(claimed).when(release('b')).then();
    given().when(release('a')).then();
  });
});
