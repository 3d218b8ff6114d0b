import { expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { whose } from './request-context.js';

it('a log line says which request, which trace and who, by ids alone', () => {
  const caller = { tenant: 'dongfang', userId: 'u1', displayName: '李娜', roles: ['consultant'], sites: 'all' };
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  expect(whose({ id: 'c1' } as FastifyRequest)).toEqual({ correlationId: 'c1' });
  expect(whose({ id: 'c1', traceparent, caller } as unknown as FastifyRequest)).toEqual({
    ...{ correlationId: 'c1', traceId: '4bf92f3577b34da6a3ce929d0e0e4736', tenant: 'dongfang', userId: 'u1' },
  });
});
