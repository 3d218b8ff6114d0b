import { describe, expect, it } from '@jest/globals';
import type { JsonObject, RecordedEvent } from '@touchline/core';
import { asPosition } from '@touchline/core';
import { sentences } from '@touchline/testing/given-when-then.js';
import type { CustomerCommand } from './customer.decider.js';
import { customerDecider } from './customer.decider.js';
import { receiptOf } from './customer.fold.js';

const given = sentences(customerDecider, {});
const at = '2026-03-02T02:00:00.000Z';
const about = { customerId: 'c', occurredAt: at };
const subjects = { customer: 'c' };

const details = { kind: 'person', name: '王芳', siteId: 'pudong' } as const;
const phone = { kind: 'phone', digest: 'd1', value: '+8613600004444' } as const;
const wechat = { kind: 'wechat', digest: 'd2', value: 'wangfang' } as const;
const registered = { type: 'customer-registered', data: details, subjects };
const identified = { type: 'customer-identified', data: phone, subjects };
const photos = { purpose: 'photos', how: 'written' } as const;
const photosGiven = { type: 'consent-given', data: photos, subjects };

describe('registering a customer', () => {
  it('records them with every identifier, at the site where they were met', () => {
    given()
      .when({ kind: 'register', details, identifiers: [phone, wechat], ...about })
      .then(
        { type: 'customer-registered', data: details, occurredAt: at, subjects: { customer: 'c', site: 'pudong' } },
        { type: 'customer-identified', data: phone, occurredAt: at, subjects },
        { type: 'customer-identified', data: wechat, occurredAt: at, subjects },
      );
  });

  it('is refused for one who is registered', () => {
    given(registered)
      .when({ kind: 'register', details, identifiers: [], ...about })
      .thenRefused('customer.already-registered');
  });

  it('needs a name or something to reach them by', () => {
    given()
      .when({ kind: 'register', details: { kind: 'person', siteId: 'pudong' }, identifiers: [], ...about })
      .thenRefused('customer.nameless');
  });

  it('may follow a claim that was given up', () => {
    given({ type: 'identifier-claim-withdrawn', data: { digest: 'd1' } })
      .when({ kind: 'register', details, identifiers: [], ...about })
      .then({ type: 'customer-registered', data: details, occurredAt: at, subjects: { customer: 'c', site: 'pudong' } });
  });
});

describe('a customer nobody registered', () => {
  const acts: CustomerCommand[] = [
    { kind: 'identify', identifiers: [phone], ...about },
    { kind: 'remove-identifier', digest: 'd1', reason: 'changed', ...about },
    { kind: 'change-details', changes: { name: '李' }, ...about },
    { kind: 'give-consent', consent: photos, ...about },
    { kind: 'withdraw-consent', consent: photos, ...about },
  ];
  it.each(acts)('is unknown to $kind', (command) => {
    given({ type: 'identifier-claim-withdrawn', data: { digest: 'd1' } })
      .when(command)
      .thenRefused('customer.unknown');
  });
});

describe('identifiers of a customer', () => {
  it('are added where they are new', () => {
    given(registered, identified)
      .when({ kind: 'identify', identifiers: [phone, wechat], ...about })
      .then({ type: 'customer-identified', data: wechat, occurredAt: at, subjects });
    given(registered, identified)
      .when({ kind: 'identify', identifiers: [phone], ...about })
      .then();
  });

  it('are removed with a reason, and only where they are there', () => {
    const removal = { kind: 'remove-identifier', digest: 'd1', reason: 'changed', ...about } as const;
    const removed = { type: 'customer-identifier-removed', data: { kind: 'phone', digest: 'd1', reason: 'changed' }, subjects } as const;
    given(registered, identified)
      .when(removal)
      .then({ ...removed, occurredAt: at });
    given(registered).when(removal).thenRefused('customer.identifier-unknown');
    given(registered, identified, removed).when(removal).thenRefused('customer.identifier-unknown');
  });

  it('can be had again after they were removed', () => {
    given(registered, identified, { type: 'customer-identifier-removed', data: { kind: 'phone', digest: 'd1', reason: 'wrong' } })
      .when({ kind: 'identify', identifiers: [phone], ...about })
      .then({ type: 'customer-identified', data: phone, occurredAt: at, subjects });
  });

  it('keep their claim once they are the customer’s', () => {
    given(registered, identified)
      .when({ kind: 'withdraw-claims', digests: ['d1', 'd2'], ...about })
      .then({ type: 'identifier-claim-withdrawn', data: { digest: 'd2' }, occurredAt: at, subjects });
  });
});

describe('details of a customer', () => {
  it('change one by one, and null takes one back', () => {
    const changes = { address: '浦东大道1200号', birthday: null };
    given(registered)
      .when({ kind: 'change-details', changes, ...about })
      .then({ type: 'customer-details-changed', data: changes, occurredAt: at, subjects });
  });

  it('name at least one', () => {
    given(registered)
      .when({ kind: 'change-details', changes: {}, ...about })
      .thenRefused('customer.nothing-to-change');
  });

  it('are corrected by naming what was wrong', () => {
    const wrong = { type: 'customer-details-changed', data: { name: '王方' }, subjects };
    given(registered, wrong)
      .when({ kind: 'change-details', changes: { name: '王芳' }, corrects: 'given-1', ...about })
      .then({ type: 'customer-details-changed', data: { name: '王芳' }, occurredAt: at, subjects, corrects: 'given-1' });
    given(registered, wrong)
      .when({ kind: 'change-details', changes: { name: '王芳' }, corrects: 'given-0', ...about })
      .thenRefused('correction.other-kind');
    given(registered)
      .when({ kind: 'change-details', changes: { name: '王芳' }, corrects: 'given-9', ...about })
      .thenRefused('correction.unknown-event');
  });
});

describe('consent', () => {
  const give = { kind: 'give-consent', consent: photos, ...about } as const;
  const withdraw = { kind: 'withdraw-consent', consent: photos, ...about } as const;
  const withdrawn = { type: 'consent-withdrawn', data: photos, subjects };

  it('is given for a purpose, withdrawn, and given again', () => {
    given(registered).when(give).then({ type: 'consent-given', data: photos, occurredAt: at, subjects });
    given(registered, photosGiven).when(withdraw).then({ type: 'consent-withdrawn', data: photos, occurredAt: at, subjects });
    given(registered, photosGiven, withdrawn).when(give).then({ type: 'consent-given', data: photos, occurredAt: at, subjects });
  });

  it('is not given twice, nor withdrawn where there is none', () => {
    given(registered, photosGiven).when(give).thenRefused('consent.already-given');
    given(registered, photosGiven)
      .when({ ...give, consent: { purpose: 'reference', how: 'spoken' } })
      .then({ type: 'consent-given', data: { purpose: 'reference', how: 'spoken' }, occurredAt: at, subjects });
    given(registered).when(withdraw).thenRefused('consent.not-given');
    given(registered, photosGiven, withdrawn).when(withdraw).thenRefused('consent.not-given');
  });

  it('given twice in imported history is noted', () => {
    given(registered, photosGiven)
      .when(give)
      .thenNoted(['consent.already-given'], { type: 'consent-given', data: photos, occurredAt: at, subjects });
  });

  it('recorded for another purpose than was meant is corrected', () => {
    const meant = { purpose: 'reference', how: 'written' } as const;
    const corrected = { type: 'consent-given', data: meant, subjects, corrects: 'given-1' };
    given(registered, photosGiven)
      .when({ ...give, consent: meant, corrects: 'given-1' })
      .then({ ...corrected, occurredAt: at });
    given(registered, photosGiven, corrected).when(withdraw).thenRefused('consent.not-given');
  });
});

describe('erasing a person', () => {
  const erasure = { askedBy: 'person', reason: 'asked' } as const;
  const erased = { type: 'customer-erased', data: erasure, subjects };

  it('is recorded, with who asked and why and nothing of the person', () => {
    given(registered, identified, photosGiven)
      .when({ kind: 'erase', erasure, ...about })
      .then({ type: 'customer-erased', data: erasure, occurredAt: at, subjects });
  });

  it('asked again changes nothing', () => {
    given(registered, erased)
      .when({ kind: 'erase', erasure: { askedBy: 'authority', reason: 'ruling' }, ...about })
      .then();
  });

  it('needs a customer', () => {
    given()
      .when({ kind: 'erase', erasure, ...about })
      .thenRefused('customer.unknown');
  });

  const acts: CustomerCommand[] = [
    { kind: 'identify', identifiers: [phone], ...about },
    { kind: 'remove-identifier', digest: 'd1', reason: 'changed', ...about },
    { kind: 'change-details', changes: { name: '李' }, ...about },
    { kind: 'give-consent', consent: photos, ...about },
    { kind: 'withdraw-consent', consent: photos, ...about },
  ];
  it.each(acts)('leaves nobody to $kind of', (command) => {
    given(registered, identified, photosGiven, erased).when(command).thenRefused('customer.erased');
  });

  it('leaves a claim that came too late to be given up', () => {
    given(registered, identified, erased)
      .when({ kind: 'withdraw-claims', digests: ['d1'], ...about })
      .then({ type: 'identifier-claim-withdrawn', data: { digest: 'd1' }, occurredAt: at, subjects });
  });
});

describe('the receipt of an erasure', () => {
  it('counts what was set free and names whoever did it', () => {
    const told = (type: string, data: JsonObject, revision: number): RecordedEvent => ({
      ...{ id: `e${revision}`, stream: 'customer-g.c', revision, type, data, position: asPosition(String(revision)) },
      meta: { occurredAt: at, actor: { kind: 'user', id: 'u' }, subjects } as RecordedEvent['meta'],
    });
    const before = [told('customer-registered', details, 0), told('customer-identified', phone, 1), told('customer-identified', wechat, 2)];
    const gone = told('customer-erased', { askedBy: 'person', reason: 'asked' }, 3);
    expect(receiptOf('c', before)).toBeNull();
    expect(receiptOf('c', [...before, gone])).toEqual({
      ...{ receipt: 'e3', customerId: 'c', erasedAt: at, askedBy: 'person', reason: 'asked', by: 'u', identifiers: 2 },
    });
  });
});
