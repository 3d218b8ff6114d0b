import { describe, it } from '@jest/globals';
import { NOW, sentences } from '@touchline/testing/given-when-then.js';
import { unitDecider } from './unit.decider.js';

const given = sentences(unitDecider, {});
const registered = { type: 'unit-registered', data: { name: '上海东区' } };

describe('a unit', () => {
  it('is registered', () => {
    given()
      .when({ kind: 'register', name: '上海东区' })
      .then({ type: 'unit-registered', data: { name: '上海东区' }, occurredAt: NOW, subjects: {} });
  });

  it('is registered only once', () => {
    given(registered).when({ kind: 'register', name: '上海西区' }).thenRefused('unit.already-registered');
  });

  it('is renamed', () => {
    given(registered)
      .when({ kind: 'rename', name: '浦东' })
      .then({ type: 'unit-renamed', data: { name: '浦东' }, occurredAt: NOW, subjects: {} });
  });

  it('is not renamed to the name it has, even after another', () => {
    given(registered, { type: 'unit-renamed', data: { name: '浦东' } })
      .when({ kind: 'rename', name: '浦东' })
      .then();
  });

  it('is not renamed where there is none', () => {
    given().when({ kind: 'rename', name: '浦东' }).thenRefused('unit.unknown');
  });
});
