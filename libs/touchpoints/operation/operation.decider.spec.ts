import { describe, it } from '@jest/globals';
import { NOW, sentences } from '@touchline/testing/given-when-then.js';
import { operationDecider } from './operation.decider.js';

const given = sentences(operationDecider, {});
const pause = { operation: 'projection.pause', subject: 'customer-status', operator: '值班 方圆' } as const;

describe('an order of an operator', () => {
  it('is recorded as it was given', () => {
    given().when(pause).then({ type: 'operation-ordered', data: pause, occurredAt: NOW, subjects: {} });
  });

  it('is recorded each time it is given', () => {
    given({ type: 'operation-ordered', data: pause })
      .when(pause)
      .then({ type: 'operation-ordered', data: pause, occurredAt: NOW, subjects: {} });
  });
});
