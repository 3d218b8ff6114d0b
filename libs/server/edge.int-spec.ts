import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { ProblemDocument } from '@touchline/http';
import type { Fate } from './testing/trouble.js';
import { whileAppends } from './testing/trouble.js';
import { useApi } from './testing/use-api.js';

const PER_MINUTE = 40;

describe('what fails before a route is reached', () => {
  const api = useApi({
    BODY_LIMIT_BYTES: '2048',
    RATE_LIMIT_PER_MINUTE: String(PER_MINUTE),
    REQUEST_TIMEOUT_MS: '4000',
    READ_YOUR_WRITE_TIMEOUT_MS: '1000',
  });

  const json = { 'content-type': 'application/json' };
  const wrong: [string, string, RequestInit, number, string][] = [
    ['an address nobody serves', '/nothing', {}, 404, 'route.unknown'],
    ['a method the address does not have', '/sign-in', { method: 'PATCH' }, 404, 'route.unknown'],
    ['an address that does not decode', '/%ZZ', {}, 400, 'request.invalid'],
    ['a body that is not JSON', '/sign-in', { method: 'POST', headers: json, body: '{' }, 400, 'body.malformed'],
    [
      'a body of another type',
      '/sign-in',
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' },
      415,
      'body.unsupported-media-type',
    ],
    ['a body too large', '/sign-in', { method: 'POST', headers: json, body: JSON.stringify('x'.repeat(3_000)) }, 413, 'body.too-large'],
  ];
  it.each(wrong)('%s is a problem document', async (_what, path, request, status, code) => {
    const response = await fetch(api.url + path, request);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ status, code })]);
  });

  it('bytes that are no HTTP request are a problem document too', async () => {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    socket.end('GET /customers/search?q=\u738b HTTP/1.1\r\nhost: here\r\n\r\n');
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json/);
    expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'request.invalid' });
  });

  it('a request that takes too long is told how to find out what became of it', async () => {
    const li = await api.as('li');
    const call = { occurredAt: api.now, siteId: 'pudong', contactTaken: false };
    const key = { 'idempotency-key': 'a-call-that-took-long' };
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    const late: Fate = async (append, ...order) => {
      await held;
      return append(...order);
    };
    const answer = await whileAppends(api.platform.store, late, () => li.post<ProblemDocument>('/calls/received', call, key));
    expect(answer).toMatchObject({ status: 408, body: { code: 'request.timeout', detail: expect.stringContaining('Idempotency-Key') } });
    go();
    expect(await li.record('/calls/received', call, key)).toMatchObject({ revision: 0, contactId: expect.any(String) });
  });

  it('a caller who asks too often is told when to come back', async () => {
    const request = { headers: { authorization: 'Bearer of-somebody-hasty' } };
    const answers = [];
    for (let sent = 0; sent <= PER_MINUTE; sent += 1) answers.push(await fetch(`${api.url}/health/live`, request));
    const [last] = answers.slice(-1);
    expect(answers.slice(0, -1).map(({ status }) => status)).toEqual(Array.from({ length: PER_MINUTE }, () => 200));
    expect([last?.status, last?.headers.get('content-type')]).toEqual([429, 'application/problem+json; charset=utf-8']);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
