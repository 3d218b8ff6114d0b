import { describe, it } from '@jest/globals';
import { sentences } from '@touchline/testing/given-when-then.js';
import { about, by, lost, march, opened, opening, owned, rules } from '@touchline/testing/journeys.js';
import { fieldRules } from '@touchline/playbooks';
import type { FieldRules } from './declared.decider.js';
import { declaredDecider } from './declared.decider.js';

/** Stands for a JSON Schema check: minutes, if any, must be a number. */
const faults: FieldRules['faults'] = (schema, { minutes }) =>
  schema === rules.playbook.declares['test-drive-taken']?.fields && minutes !== undefined && typeof minutes !== 'number'
    ? [
        { path: '/minutes', detail: 'must be number' },
        { path: '/route/0', detail: 'must be string' },
      ]
    : [];

const given = sentences(declaredDecider({ ...fieldRules, faults }), rules);
const journey = [opened, owned];
const occurredAt = march(10);
const touchpoint = { ...by, kind: 'test-drive-taken', fields: { minutes: 18 } };
const record = { journeyId: 'j-1', occurredAt, touchpoint };
const recorded = { type: 'touchpoint-recorded', data: touchpoint, occurredAt, subjects: about } as const;

describe('a touchpoint that the playbook declares', () => {
  it('is recorded under its kind', () => {
    given(...journey)
      .when(record)
      .then(recorded);
  });

  it('keeps what may hold any text apart, and says which of the rest are words of the group', () => {
    const fields = { minutes: 18, car: '凯旋 1.5T', route: '到王芳家' };
    given(...journey)
      .when({ ...record, touchpoint: { ...touchpoint, fields } })
      .then({
        ...recorded,
        data: { ...touchpoint, fields: { minutes: 18, car: '凯旋 1.5T' }, textFields: { route: '到王芳家' } },
        words: [{ path: 'fields.car', list: 'product' }],
      });
  });

  it('may open the journey of an imported source', () => {
    given()
      .when({ ...record, opening })
      .then({ type: 'journey-opened', data: opening, occurredAt, subjects: about }, recorded);
  });

  it.each(['massage', 'constructor', '__proto__'])('is refused where the playbook declares no %s', (kind) => {
    given(...journey)
      .when({ ...record, touchpoint: { ...touchpoint, kind } })
      .thenRefused('touchpoint.undeclared');
  });

  it('is refused with every field that does not fit', () => {
    given(...journey)
      .when({ ...record, touchpoint: { ...touchpoint, fields: { minutes: 'long' } } })
      .thenRefused('touchpoint.fields-invalid', 'touchpoint.fields-invalid');
  });

  it('is refused on a lost journey and on one that is not there', () => {
    given(...journey, lost(march(5)))
      .when(record)
      .thenRefused('journey.not-open');
    given().when(record).thenRefused('journey.unknown');
  });

  it('corrects one of its own kind only', () => {
    const past = [...journey, { ...recorded, id: 'drive' }, { ...recorded, data: { ...touchpoint, kind: 'other' }, id: 'other' }];
    given(...past)
      .when({ ...record, corrects: 'drive' })
      .then({ ...recorded, corrects: 'drive' });
    given(...past)
      .when({ ...record, corrects: 'other' })
      .thenRefused('correction.other-kind');
    given(...past, { ...opened, id: 'opened-1' })
      .when({ ...record, corrects: 'opened-1' })
      .thenRefused('correction.other-kind');
    given(...past)
      .when({ ...record, corrects: 'nowhere' })
      .thenRefused('correction.unknown-event');
    given(...past)
      .when({ ...record, touchpoint: { ...touchpoint, fields: { minutes: 'long' } }, corrects: 'drive' })
      .thenRefused('touchpoint.fields-invalid', 'touchpoint.fields-invalid');
  });
});
