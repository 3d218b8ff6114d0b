import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { ProblemDocument } from '@touchline/http';
import type { Fate } from './testing/trouble.js';
import { eventually } from '@touchline/testing/eventually.js';
import { whileAppends } from './testing/trouble.js';
import { useApi } from './testing/use-api.js';

const PER_MINUTE = 40;

describe('what fails before a route is reached', () => {
  const api = useApi({
    BODY_LIMIT_BYTES: '2048',
    RATE_LIMIT_PER_MINUTE: String(PER_MINUTE),
    REQUEST_TIMEOUT_MS: '8000',
    READ_YOUR_WRITE_TIMEOUT_MS: '1000',
  });

  const json = { 'content-type': 'application/json' };
  const wrong: [string, string, RequestInit, number, string][] = [
    ['an address nobody serves', '/nothing', {}, 404, 'route.unknown'],
    ['a method the address does not have', '/sign-in', { method: 'PATCH' }, 405, 'method.not-allowed'],
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

  it.each([
    ['/sign-in', 'POST'],
    ['/customers', 'GET, HEAD, POST'],
    ['/customers/3f0e3c2a-52b1-4d0a-9c55-0d1e2f3a4b5c/consents?x=1', 'POST'],
  ])('an address says which methods it takes: %s', async (path, allow) => {
    const response = await fetch(api.url + path, { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
  });

  /** What a socket hears that sends this and nothing more, and never closes its half, until both are closed. */
  function heard(bytes: string): Promise<string> {
    const { hostname, port } = new URL(api.url);
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    let answer = '';
    let sending: NodeJS.Timeout | undefined;
    return new Promise((resolve) => {
      socket.on('error', () => undefined);
      socket.on('data', (more: Buffer) => (answer += more.toString()));
      // The other half is gone too: what is sent now meets a reset.
      socket.on('end', () => (sending = setInterval(() => socket.write('x'), 20)));
      socket.on('close', () => {
        clearInterval(sending);
        resolve(answer.slice(0, 'HTTP/1.1 400'.length));
      });
      if (bytes !== '') socket.write(bytes);
    });
  }

  it('sockets that send nothing, half a request or no HTTP are closed, both halves of them', async () => {
    const unfinished = 'POST /sign-in HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{';
    const sent = ['', 'GET /health/li', unfinished, 'EHLO mail\r\n\r\n'];
    expect(await Promise.all(sent.map(heard))).toEqual(['HTTP/1.1 408', 'HTTP/1.1 408', 'HTTP/1.1 408', 'HTTP/1.1 400']);
  }, 60_000);

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

  it('no statement that a request leads to outlasts the time that requests have; what folds and rebuilds is not hurried', async () => {
    const { pool, queries, untimed } = api.platform;
    const li = await api.as('li');
    const holding = await untimed.connect();
    const waiting = async (): Promise<number> => {
      const tables = '%touchline.(local_credentials|request_claims)%';
      const { rowCount } = await untimed.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query similar to $1`,
        [tables],
      );
      return rowCount ?? 0;
    };
    try {
      await holding.query('begin; lock table touchline.local_credentials, touchline.request_claims in access exclusive mode');
      const signingIn = JSON.stringify({ tenant: 'dongfang', login: 'li', password: 'a password that waits' });
      const asked = [
        fetch(`${api.url}/sign-in`, { method: 'POST', headers: json, body: signingIn }),
        li.post('/calls/received', { occurredAt: api.now, siteId: 'pudong', contactTaken: false }),
      ];
      await eventually(async () => (await waiting()) === 2);
      // Either of the two limits may be the first to tell.
      for (const { status } of await Promise.all(asked)) expect([408, 503]).toContain(status);
      await eventually(async () => (await waiting()) === 0);
    } finally {
      await holding.query('rollback').finally(() => holding.release());
    }
    const limits = [pool, queries, untimed].map(async (each) => (await each.query<object>('show statement_timeout')).rows[0]);
    expect(await Promise.all(limits)).toEqual([8, 8, 0].map((seconds) => ({ statement_timeout: seconds === 0 ? '0' : `${seconds}s` })));
  });

  const statuses = async (times: number, path: string, headers: (each: number) => Record<string, string>): Promise<number[]> => {
    const all = [];
    for (let each = 0; each < times; each += 1) all.push((await fetch(api.url + path, { headers: headers(each) })).status);
    return all;
  };

  it('a caller who asks too often is told when to come back, however the token is written, and the others go on', async () => {
    const [chen, zhou] = [await api.as('chen'), await api.as('zhou')];
    const spelled = [`Bearer ${chen.token}`, `BEARER ${chen.token}`, `bearer   ${chen.token}`, `Bearer ${chen.token}=`];
    const answers = await statuses(PER_MINUTE + 8, '/me', (each) => ({ authorization: spelled[each % spelled.length]! }));
    expect(answers.filter((status) => status === 429)).toHaveLength(8);
    const last = await chen.get<ProblemDocument>('/me');
    expect(last).toMatchObject({ status: 429, body: { code: 'rate.limited' } });
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(last.headers.get('x-ratelimit-limit')).toBe(String(PER_MINUTE));
    expect((await zhou.get('/me')).status).toBe(200);
  });

  it('whoever is nobody counts as their address, whatever they send and wherever to', async () => {
    api.now = '2026-06-01T02:01:00.000Z';
    const paths = ['/nothing', '/health/live', '/sign-in'];
    const answers = [];
    for (const path of paths)
      answers.push(...(await statuses(PER_MINUTE / 2, path, (each) => ({ authorization: `Bearer made-up-${each}` }))));
    expect(answers.filter((status) => status === 429)).toHaveLength(PER_MINUTE / 2);
  });
});
