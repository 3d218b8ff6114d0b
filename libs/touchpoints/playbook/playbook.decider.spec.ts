import { describe, it } from '@jest/globals';
import type { JsonObject } from '@touchline/core';
import type { Playbook } from '@touchline/playbooks';
import { NOW, sentences } from '@touchline/testing/given-when-then.js';
import { playbookDecider } from './playbook.decider.js';

const given = sentences(playbookDecider, {});

const playbook = (version: number): Playbook => ({
  id: 'bikes',
  version,
  name: { zh: '自行车', en: 'Bikes' },
  stages: [{ id: 'hello', name: { zh: '接待', en: 'Hello' } }],
  touchpoints: {},
  declares: {},
  attributes: [],
  reactivationDays: 180,
});
const published = (version: number) => ({
  type: 'playbook-published' as const,
  data: { version, definition: playbook(version) as unknown as JsonObject },
});
const about = { occurredAt: NOW, subjects: {} };

describe('publishing a playbook', () => {
  it('begins with version 1', () => {
    given()
      .when({ definition: playbook(1), shipped: false })
      .then({ ...published(1), ...about });
    given()
      .when({ definition: playbook(2), shipped: false })
      .thenRefused('playbook.version-not-next');
  });

  it('goes on with the next version', () => {
    given(published(1))
      .when({ definition: playbook(2), shipped: false })
      .then({ ...published(2), ...about });
  });

  it('never replaces a version', () => {
    given(published(1), published(2))
      .when({ definition: playbook(2), shipped: false })
      .thenRefused('playbook.version-not-next');
  });

  it('refuses the id of one that ships', () => {
    given()
      .when({ definition: playbook(1), shipped: true })
      .thenRefused('playbook.id-is-shipped');
  });
});
