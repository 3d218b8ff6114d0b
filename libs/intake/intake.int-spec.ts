import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ValidationPipe } from '@nestjs/common';
import { userIdOf } from '@touchline/commands/user-id.js';
import { streamName } from '@touchline/core';
import { EventStoreUnavailable } from '@touchline/event-store';
import { crowded, whileAppends } from '@touchline/server/testing/trouble.js';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { misfits } from './testing/misfits.js';
import type { Intake, IntakeOutcome } from './intake.js';
import type { SentMessage } from './message.js';
import { FIN, binary, intakeOf, structured } from './testing/messages.js';

describe('messages', () => {
  const api = useApi();
  let intake: Intake;
  let admin: Client;
  beforeAll(async () => {
    intake = intakeOf(api);
    admin = await api.as('admin');
  });

  let next = 0;
  const reference = (): string => `pbx-${++next}`;
  const call = {
    occurredAt: '2026-05-30T02:00:00Z',
    siteId: 'pudong',
    contactTaken: true,
    person: { name: '王芳', phone: '138 0000 7001' },
  };
  const unidentified = { occurredAt: call.occurredAt, siteId: 'pudong', contactTaken: false };

  async function recorded(message: SentMessage) {
    const outcome = await intake.take(message);
    if (outcome.kind === 'refused') throw new Error(JSON.stringify(outcome.problem));
    expect(misfits(message)).toBe('');
    return outcome;
  }
  async function refused(message: SentMessage) {
    const before = await api.countEvents();
    const outcome = await intake.take(message);
    expect(await api.countEvents()).toBe(before);
    if (outcome.kind === 'recorded') throw new Error('it was recorded');
    return outcome;
  }
  const codeOf = (outcome: IntakeOutcome): string | null => (outcome.kind === 'refused' ? outcome.problem.code : null);

  it.each([
    ['attributes in headers', binary],
    ['one JSON object', structured],
  ])('are recorded as the route would, with their source: %s', async (_form, form) => {
    const sent = { type: 'call-received', reference: reference(), data: call };
    const { answer, repeated, named } = await recorded(form(sent));
    expect(repeated).toBe(false);
    expect(named).toEqual({ type: 'dev.touchline.intake.call-received', source: FIN, reference: sent.reference });
    const events = await api.platform.services.deps.streams.events(streamName('journey', 'dongfang', answer.journeyId ?? ''));
    expect(events.find(({ id }) => id === answer.eventId)).toMatchObject({
      type: 'call-received',
      data: { contactTaken: true, channel: 'phone', responsibleId: userIdOf('dongfang', 'fin') },
      meta: {
        actor: { kind: 'service', id: userIdOf('dongfang', 'fin') },
        source: { system: 'fin', reference: sent.reference },
        occurredAt: '2026-05-30T02:00:00.000Z',
        recordedAt: api.now,
      },
    });
  });

  it('are tied to what led to them, where the system says so', async () => {
    const sent = binary({ type: 'call-received', reference: reference(), data: unidentified });
    const { answer } = await recorded({ ...sent, headers: { ...sent.headers, ce_correlationid: 'call-4711' } });
    const [event] = await api.platform.services.deps.streams.events(streamName('contact', 'dongfang', answer.contactId ?? ''));
    expect(event?.meta).toMatchObject({ correlationId: 'call-4711', causationId: 'call-4711' });
  });

  it('keep the trace that they came with: what the attribute says, else the header, and none where that is no trace', async () => {
    const [said, carried] = ['b7ad6b7169203331', '00f067aa0ba902b7'].map((span) => `00-4bf92f3577b34da6a3ce929d0e0e4736-${span}-01`);
    for (const [more, kept] of [
      [{ ce_traceparent: said, traceparent: carried }, said],
      [{ traceparent: carried }, carried],
      [{ traceparent: 'nonsense' }, undefined],
    ] as const) {
      const sent = binary({ type: 'call-received', reference: reference(), data: unidentified });
      const { answer } = await recorded({ ...sent, headers: { ...sent.headers, ...more } });
      const [event] = await api.platform.services.deps.streams.events(streamName('contact', 'dongfang', answer.contactId ?? ''));
      expect(event?.meta.traceparent).toBe(kept);
    }
  });

  it('are answered alike when they come again, in whichever form, and recorded once', async () => {
    const sent = { type: 'call-received', reference: reference(), data: call };
    const first = await recorded(binary(sent));
    const before = await api.countEvents();
    for (const form of [binary, structured]) expect(await recorded(form(sent))).toEqual({ ...first, repeated: true });
    expect(await api.countEvents()).toBe(before);
  });

  it('are refused all the same where the key cannot be given back, as requests are, and the log tells of both', async () => {
    const release = jest.spyOn(api.platform.claims, 'release').mockRejectedValue(new Error('the server is away'));
    try {
      const elsewhere = { ...unidentified, siteId: 'yunqili' };
      const outcome = await refused(binary({ type: 'call-received', reference: reference(), data: elsewhere }));
      const { body } = await (
        await api.as('fin')
      ).post<{ code: string }>('/calls/received', elsewhere, { 'idempotency-key': `over-http-${reference()}` });
      expect([codeOf(outcome), body.code]).toEqual(['scope.other-site', 'scope.other-site']);
    } finally {
      release.mockRestore();
    }
    const told = api.warnings.filter((line) => line.includes('the server is away'));
    expect(told).toEqual([expect.stringContaining('a message was refused'), expect.stringContaining('a request was refused')]);
  });

  it('are one with a request of the same system under the same key', async () => {
    const token = (await api.as('fin')).token;
    const key = `over-http-${reference()}`;
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': key };
    const answer = await (await api.as('fin')).record('/calls/received', unidentified, headers);
    const outcome = await recorded(binary({ type: 'call-received', reference: key, data: unidentified }));
    expect([outcome.answer, outcome.repeated]).toEqual([answer, true]);
  });

  it('are refused under a reference that said something else before, or from another source recorded apart', async () => {
    const sent = { type: 'call-received', reference: `${reference()}-of-fin`, data: unidentified };
    const { answer } = await recorded(binary(sent));
    const other = await refused(binary({ ...sent, data: { ...unidentified, rings: 3 } }));
    expect(other.problem).toMatchObject({ status: 422, code: 'idempotency.key-reused' });
    expect(codeOf(await refused(binary({ ...sent, type: 'call-made', data: { ...unidentified } })))).toBe('request.invalid');
    const visit = { occurredAt: api.now, siteId: 'pudong', batchSize: 1, first: true, contactTaken: false };
    expect(codeOf(await refused(binary({ ...sent, type: 'visit-received', data: visit })))).toBe('idempotency.key-reused');
    const overHttp = await (await api.as('fin')).post<{ code: string }>('/visits/received', visit, { 'idempotency-key': sent.reference });
    expect(overHttp.body.code).toBe('idempotency.key-reused');
    await admin.record('/admin/users', { login: 'pbx', displayName: '电话', roles: ['service'], sites: ['pudong'] });
    const elsewhere = await recorded(binary({ ...sent, source: '/dongfang/pbx' }));
    expect([elsewhere.repeated, elsewhere.answer.eventId === answer.eventId]).toEqual([false, false]);
  });

  describe('from', () => {
    const from = (source: string) => refused(binary({ type: 'call-received', reference: reference(), data: unidentified, source }));

    it.each([
      ['a system nobody registered', '/dongfang/nobody', 401, 'source.unknown'],
      ['a system of another group', '/huadong/fin', 401, 'source.unknown'],
      ['a group that is not there', '/nowhere/fin', 401, 'source.unknown'],
      ['a person', '/dongfang/li', 403, 'role.not-allowed'],
      ['an administrator', '/dongfang/admin', 403, 'role.not-allowed'],
      ['no address of a system', 'https://pbx.example', 400, 'request.invalid'],
      ['an address below a system', '/dongfang/fin/x', 400, 'request.invalid'],
    ])('%s are refused', async (_who, source, status, code) => {
      expect((await from(source)).problem).toMatchObject({ status, code });
    });

    it('a system that was deactivated, or lost its role, are refused', async () => {
      const { userId } = (await admin.record('/admin/users', {
        login: 'dms',
        displayName: 'DMS',
        roles: ['service'],
        sites: 'all',
      })) as unknown as { userId: string };
      await recorded(binary({ type: 'call-received', reference: reference(), data: unidentified, source: '/dongfang/dms' }));
      await admin.record(`/admin/users/${userId}/roles`, { roles: ['analyst'], sites: 'all' });
      expect(codeOf(await from('/dongfang/dms'))).toBe('role.not-allowed');
      await admin.record(`/admin/users/${userId}/deactivation`, {});
      expect(codeOf(await from('/dongfang/dms'))).toBe('user.inactive');
    });

    it('a system that does not work for the site are refused', async () => {
      const data = { ...unidentified, siteId: 'yunqili' };
      expect(codeOf(await refused(binary({ type: 'call-received', reference: reference(), data })))).toBe('scope.other-site');
    });
  });

  const fit = binary({ type: 'call-received', reference: 'never-taken', data: unidentified });
  const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
  const cloudEvent = { specversion: '1.0', type: 'dev.touchline.intake.call-received', source: FIN, id: 'never-taken', data: unidentified };
  const inOne = { 'content-type': 'application/cloudevents+json' };
  it.each<[string, SentMessage, number, string, string]>([
    [
      'of a type nobody takes',
      { ...fit, headers: { ...fit.headers, ce_type: 'dev.touchline.intake.horoscope-read' } },
      404,
      'type.unknown',
      '',
    ],
    [
      'of a type of a route that takes none',
      { ...fit, headers: { ...fit.headers, ce_type: 'dev.touchline.intake.quote-issued' } },
      404,
      'type.unknown',
      '',
    ],
    ['without a type', { ...fit, headers: { ...fit.headers, ce_type: undefined } }, 400, 'request.invalid', 'ce_type'],
    ['without a reference', { ...fit, headers: { ...fit.headers, ce_id: undefined } }, 400, 'request.invalid', 'ce_id'],
    ['with two references', { ...fit, headers: { ...fit.headers, ce_id: ['a', 'b'] } }, 400, 'request.invalid', 'ce_id'],
    ['with an empty reference', { ...fit, headers: { ...fit.headers, ce_id: '' } }, 400, 'request.invalid', 'ce_id'],
    ['with a reference too long', { ...fit, headers: { ...fit.headers, ce_id: 'x'.repeat(201) } }, 400, 'request.invalid', 'ce_id'],
    ['of another version', { ...fit, headers: { ...fit.headers, ce_specversion: '0.3' } }, 400, 'request.invalid', 'ce_specversion'],
    ['without any header', { ...fit, headers: {} }, 400, 'request.invalid', 'ce_specversion'],
    ['that are no object', { headers: inOne, value: json([cloudEvent]) }, 400, 'body.malformed', ''],
    ['whose reference is a number', { headers: inOne, value: json({ ...cloudEvent, id: 7 }) }, 400, 'request.invalid', 'ce_id'],
    ['without data', { headers: inOne, value: json({ ...cloudEvent, data: undefined }) }, 400, 'request.invalid', 'occurredAt'],
    ['in batches', { ...fit, headers: { 'content-type': 'application/cloudevents-batch+json' } }, 415, 'body.unsupported-media-type', ''],
    ['that are not UTF-8', { ...fit, value: Buffer.from([0x7b, 0xff, 0x7d]) }, 400, 'body.malformed', ''],
    ['without a body', { ...fit, value: null }, 400, 'request.invalid', 'occurredAt'],
    ['larger than allowed', { ...fit, value: Buffer.alloc(300_000, ' ') }, 413, 'body.too-large', ''],
    ['of the future', { ...fit, value: json({ ...unidentified, occurredAt: '2026-06-01T03:00:00Z' }) }, 422, 'occurred-at.in-future', ''],
    ['of what comes later', binary({ type: 'contract-cancelled', reference: 'x', data: contract() }), 404, 'journey.unknown', ''],
  ])('%s are refused, and leave nothing', async (_what, message, status, code, field) => {
    const { problem } = await refused(message);
    expect(problem).toMatchObject({ status, code, type: `https://touchline.dev/problems/${code}` });
    if (field !== '') expect(problem.errors?.map((error) => error.field)).toContain(field);
  });

  it('that cannot be read are told on with what can be made out', async () => {
    expect((await refused({ ...fit, value: Buffer.from('{') })).named).toEqual({
      type: 'dev.touchline.intake.call-received',
      source: FIN,
      reference: 'never-taken',
    });
    expect((await refused({ headers: inOne, value: Buffer.from('{') })).named).toEqual({});
    expect((await refused({ ...fit, headers: { ...fit.headers, ce_id: '王芳' } })).named).not.toHaveProperty('reference');
  });

  it('that fail in a way nobody foresaw while they are read are refused, and stop nobody', async () => {
    const reading = jest.spyOn(ValidationPipe.prototype, 'transform').mockRejectedValueOnce(new TypeError('x is not a function'));
    const outcome = await refused(binary({ type: 'call-received', reference: reference(), data: unidentified }));
    reading.mockRestore();
    expect(outcome.problem).toMatchObject({ status: 400, code: 'message.unreadable', detail: 'the message cannot be read (TypeError)' });
  });

  it('are no refusals where the fault is ours: the log away, no answer of it, others always quicker', async () => {
    const { store } = api.platform;
    const sent = binary({ type: 'call-received', reference: reference(), data: call });
    const away = () => Promise.reject(new EventStoreUnavailable('away'));
    await expect(whileAppends(store, away, () => intake.take(sent))).rejects.toThrow('away');
    await expect(whileAppends(store, crowded, () => intake.take(sent))).rejects.toThrow('stream.contended');
    expect((await recorded(sent)).repeated).toBe(false);
  });
});

function contract() {
  return { journeyId: '3f0c2a7e-5b1d-5c8e-9a46-7d2e8b90c1f4', occurredAt: '2026-05-30T02:00:00Z', reason: 'loan refused' };
}
