import { describe, expect, it } from '@jest/globals';
import type { Given } from '@touchline/testing/given-when-then.js';
import { recordedEvent, sentences } from '@touchline/testing/given-when-then.js';
import { march } from '@touchline/testing/journeys.js';
import { complaintDecider } from './complaint.decider.js';
import type { ComplaintReceived } from './complaint.events.js';
import { CAR_COMPLAINTS, COMPLAINT_CATEGORIES, HOME_COMPLAINTS } from './complaint.events.js';
import { evolveComplaint, noComplaint } from './complaint.fold.js';

const given = sentences(complaintDecider, {});
const occurredAt = march(10);
const on = { complaintId: 'k-1', occurredAt };
const about = { customerId: 'c-1', journeyId: 'j-1', siteId: 'yunqi' };
const subjects = { complaint: 'k-1', customer: 'c-1', journey: 'j-1', site: 'yunqi' };
const by = { channel: 'hotline', direction: 'in', responsibleId: 'qian' } as const;
const complaint: ComplaintReceived = { ...by, category: 'leakage', account: '厨房顶棚渗水,昨夜滴到灶台', wish: 'repair and repaint' };
const receive = { ...on, act: 'receive', complaint, about } as const;
const acknowledge = { ...on, act: 'acknowledge', acknowledgement: by } as const;
const resolution = { ...by, resolution: 'resealed and repainted', responsibility: 'ours', ground: 'quality-standard' } as const;
const resolve = { ...on, act: 'resolve', resolution } as const;
const close = { ...on, act: 'close', closing: by } as const;

const past = (type: string, day: number, data: object = by): Given => ({
  type: `complaint-${type}`,
  data: { ...data },
  occurredAt: march(day),
  subjects,
});
const received = past('received', 2, complaint);
const acknowledged = past('acknowledged', 3);
const resolved = past('resolved', 4, resolution);
const closed = past('closed', 5);
const event = (type: string, data: object) => ({ type: `complaint-${type}`, data: { ...data }, occurredAt, subjects });

describe('receiving a complaint', () => {
  it('keeps the whole account and what it is about', () => {
    given().when(receive).then(event('received', complaint));
  });

  it('needs no journey', () => {
    given()
      .when({ ...receive, about: { customerId: 'c-1', siteId: 'yunqi' } })
      .then({ ...event('received', complaint), subjects: { complaint: 'k-1', customer: 'c-1', site: 'yunqi' } });
  });

  it('is refused without a customer', () => {
    given()
      .when({ ...receive, about: { siteId: 'yunqi' } })
      .thenRefused('complaint.customer-missing');
  });

  it('is refused a second time', () => {
    given(received).when(receive).thenRefused('complaint.already-received');
  });

  it('is refused where a complaint is named that nobody received', () => {
    given()
      .when({ ...on, act: 'receive', complaint })
      .thenRefused('complaint.unknown');
  });

  it('is refused without an account, and in no known category', () => {
    given()
      .when({ ...receive, complaint: { ...complaint, account: '  ' } })
      .thenRefused('complaint.account-missing');
    given()
      .when({ ...receive, complaint: { ...complaint, category: 'weather' as 'leakage' } })
      .thenRefused('complaint.category-unknown');
  });

  it('knows the categories of homes and of cars, each once', () => {
    expect([HOME_COMPLAINTS.length, CAR_COMPLAINTS.length, COMPLAINT_CATEGORIES.length]).toEqual([11, 6, 16]);
  });
});

describe('the course of a complaint', () => {
  it('goes from received over acknowledged and resolved to closed', () => {
    given(received).when(acknowledge).then(event('acknowledged', by));
    given(received, acknowledged).when(resolve).then(event('resolved', resolution));
    given(received, acknowledged, resolved).when(close).then(event('closed', by));
  });

  it('may leave out the acknowledgement, for a later step stands for the earlier ones', () => {
    given(received).when(resolve).then(event('resolved', resolution));
    given(received, resolved).when(acknowledge).thenRefused('complaint.already-resolved');
  });

  it.each([
    ['acknowledge', acknowledge],
    ['resolve', resolve],
    ['close', close],
  ] as const)('cannot %s what was never received', (_act, command) => {
    given().when(command).thenRefused('complaint.unknown');
  });

  it.each([
    ['acknowledge', acknowledge],
    ['resolve', resolve],
    ['close', close],
  ] as const)('cannot %s what is closed', (_act, command) => {
    given(received, resolved, closed).when(command).thenRefused('complaint.already-closed');
  });

  it('takes no step twice', () => {
    given(received, acknowledged).when(acknowledge).thenRefused('complaint.already-acknowledged');
    given(received, resolved).when(resolve).thenRefused('complaint.already-resolved');
  });

  it('does not close what is not resolved', () => {
    given(received).when(close).thenRefused('complaint.not-resolved');
    given(received, acknowledged).when(close).thenRefused('complaint.not-resolved');
  });

  it('takes no step before the one it follows', () => {
    given(past('received', 11, complaint))
      .when(acknowledge)
      .thenRefused('complaint.out-of-order');
    given(received, past('resolved', 11, resolution))
      .when(close)
      .thenRefused('complaint.out-of-order');
  });

  it('of imported history is kept as the source tells it', () => {
    given(received).when(close).thenNoted(['complaint.not-resolved'], event('closed', by));
  });

  it('is never led back by a step that is told late', () => {
    const told = [received, closed, resolved, acknowledged].map((step, index) => recordedEvent(step, index));
    expect(told.reduce(evolveComplaint, noComplaint)).toEqual({
      status: 'closed',
      customerId: 'c-1',
      journeyId: 'j-1',
      siteId: 'yunqi',
      since: march(5),
    });
  });
});

describe('correcting a step of a complaint', () => {
  const all = [
    { ...received, id: 'r' },
    { ...acknowledged, id: 'a' },
    { ...resolved, id: 's' },
    { ...closed, id: 'c' },
  ];

  it('replaces it, wherever the complaint stands', () => {
    for (const [command, id, data] of [
      [receive, 'r', complaint],
      [acknowledge, 'a', by],
      [resolve, 's', resolution],
      [close, 'c', by],
    ] as const)
      given(...all)
        .when({ ...command, corrects: id })
        .then({ ...event(all.find((step) => step.id === id)?.type.slice('complaint-'.length) ?? '', data), corrects: id });
  });

  it('is refused without an account, of another kind, or of none', () => {
    given(...all)
      .when({ ...receive, complaint: { ...complaint, account: '' }, corrects: 'r' })
      .thenRefused('complaint.account-missing');
    given(...all)
      .when({ ...resolve, corrects: 'r' })
      .thenRefused('correction.other-kind');
    given(...all)
      .when({ ...resolve, corrects: 'nowhere' })
      .thenRefused('correction.unknown-event');
  });
});
