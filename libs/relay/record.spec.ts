import { expect, it } from '@jest/globals';
import type { RecordedEvent } from '@touchline/core';
import { touchpointsTopic } from '@touchline/topics/touchpoints.topic.js';
import type { NumberedMessage } from './message-builder.js';
import { recordOf } from './record.js';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

function headersOf(meta: object): Record<string, string> {
  const event = {
    ...{ id: '3f0c2a7e-5b1d-5c8e-9a46-7d2e8b90c1f4', position: '0000000000000001' },
    meta: {
      tenant: 'dongfang',
      occurredAt: '2026-03-02T02:00:00.000Z',
      recordedAt: '2026-03-02T02:00:01.000Z',
      correlationId: 'c-1',
      causationId: 'c-1',
      ...meta,
    },
  } as unknown as RecordedEvent;
  const message = { type: touchpointsTopic.messages[0], key: 'k', data: {} } as unknown as NumberedMessage['message'];
  return recordOf('touchline', { topic: touchpointsTopic, event, message, key: 'k', subject: 's', sequence: 1 }, 1).headers;
}

it('a message goes on with the trace that its request came with, by a span of its own, and names the one it came with', () => {
  const headers = headersOf({ traceparent });
  expect(headers['ce_traceparent']).toBe(traceparent);
  expect(headers['traceparent']).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/);
  expect(headersOf({ traceparent })).toEqual(headers);
  // In the order in which they are hashed.
  expect(Object.keys(headers)).toEqual(Object.keys(headers).sort());
});

it('where a request came with none, all that it led to shares a trace made of its correlation id', () => {
  const headers = headersOf({});
  expect(headers).not.toHaveProperty('ce_traceparent');
  expect(headers['traceparent']).toBe(headersOf({ tenant: 'huadong' })['traceparent']);
  expect(headers['traceparent']?.slice(0, 36)).not.toBe(headersOf({ correlationId: 'c-2' })['traceparent']?.slice(0, 36));
});
