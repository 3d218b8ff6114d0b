import { describe, expect, it } from '@jest/globals';
import type { ProblemDocument } from '@touchline/http';
import { verifyLog } from '@touchline/audit/verify-log.js';
import { createLogger } from '@touchline/observability';
import { createApi } from '@touchline/server/create-api.js';
import { eventsOf } from '@touchline/server/testing/look.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { eventually } from '@touchline/testing/eventually.js';

describe('calls over HTTP', () => {
  const api = useApi();

  it('records a call whose caller left a phone number: a customer, a journey and its owner', async () => {
    const li = await api.as('li');
    const answer = await li.record('/calls/received', {
      occurredAt: '2026-06-01T01:50:00Z',
      siteId: 'pudong',
      person: { name: '王芳', phone: '138 0000 1111' },
      contactTaken: true,
      rings: 2,
      media: 'wechat-ad',
    });
    expect(answer).toMatchObject({ customerId: expect.any(String), journeyId: expect.any(String) });
    const made = await li.record('/calls/made', { occurredAt: api.now, journeyId: answer.journeyId, reached: true });
    expect(made).toMatchObject({ journeyId: answer.journeyId, revision: answer.revision + 1 });
  });

  it('keeps the trace it came with, beside correlation and causation, and none where that is no trace', async () => {
    const li = await api.as('li');
    const call = { occurredAt: api.now, siteId: 'pudong', contactTaken: false };
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const sent = { traceparent, 'x-correlation-id': 'a-call-with-a-trace' };
    const { body } = await li.post('/calls/received', call, sent);
    const [event] = await eventsOf(api, 'contact', body.contactId ?? '');
    expect(event?.meta).toMatchObject({ traceparent, correlationId: 'a-call-with-a-trace', causationId: 'a-call-with-a-trace' });
    const other = await li.post('/calls/received', call, { traceparent: 'nonsense' });
    expect((await eventsOf(api, 'contact', other.body.contactId ?? ''))[0]?.meta).not.toHaveProperty('traceparent');
    expect(await verifyLog(api.platform.store)).toMatchObject({ holds: true });
  });

  it('is in the log under its trace, its group and its user, and with nothing that it says', async () => {
    const lines: string[] = [];
    const logger = createLogger({ role: 'test', level: 'info', destination: { write: (line) => void lines.push(line) } });
    const served = await createApi({ ...api.platform, logger }, { page: false });
    try {
      const { token, userId } = await api.as('li');
      const headers = { ...{ 'content-type': 'application/json', authorization: `Bearer ${token}` }, 'idempotency-key': 'call-in-the-log' };
      const traceparent = '00-5bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
      const person = { name: '王芳', phone: '138 0000 1112' };
      const body = JSON.stringify({ occurredAt: api.now, siteId: 'pudong', contactTaken: true, person, note: '想看六座' });
      const url = `${await served.listen()}/calls/received`;
      const { status } = await fetch(url, { method: 'POST', headers: { ...headers, traceparent }, body });
      const line = await eventually(() => lines.find((each) => each.includes('"route":"/calls/received"')));
      expect(JSON.parse(line)).toMatchObject({ traceId: traceparent.slice(3, 35), tenant: 'dongfang', userId, status: 201 });
      expect([status, lines.join()]).toEqual([201, expect.not.stringMatching(/王芳|0000 ?1112|想看六座|call-in-the-log|Bearer/)]);
    } finally {
      await served.drain();
    }
  });

  it('keeps a call that left no details as an unidentified contact, which claims nothing', async () => {
    const chen = await api.as('chen');
    const answer = await chen.record('/calls/received', { occurredAt: api.now, siteId: 'pudong', contactTaken: false });
    expect(answer).toMatchObject({ contactId: expect.any(String) });
    expect(answer).not.toHaveProperty('customerId');
  });

  it('refuses a call at a site the caller does not work for, and records nothing', async () => {
    const sun = await api.as('sun');
    const before = await api.countEvents();
    const refused = await sun.post<ProblemDocument>('/calls/received', { occurredAt: api.now, siteId: 'pudong', contactTaken: false });
    expect(refused).toMatchObject({ status: 403, body: { code: 'scope.other-site' } });
    expect(await api.countEvents()).toBe(before);
  });
});
