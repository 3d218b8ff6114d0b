import type { OpenAPIObject } from '@nestjs/swagger';

interface Header {
  description: string;
  schema: { type: 'string' | 'integer'; minimum?: number };
  example: string | number;
}

const count = (description: string, example: number): Header => ({ description, schema: { type: 'integer', minimum: 0 }, example });

/** Headers of answers: those of all of them, of those that say when to come back, and of those that say how to ask. */
const EVERYWHERE: Readonly<Record<string, Header>> = {
  'x-correlation-id': {
    description: "the request's own id, given back or made up; it stands in the events that the request records, and in the logs",
    schema: { type: 'string' },
    example: '3f0c2a7e-5b1d-5c8e-9a46-7d2e8b90c1f4',
  },
  'x-ratelimit-limit': count('requests a minute that this caller may make', 600),
  'x-ratelimit-remaining': count('how many of them are left', 599),
  'x-ratelimit-reset': count('seconds until they are all there again', 60),
};
const ALLOW: Readonly<Record<string, Header>> = {
  allow: { description: 'the methods that this address takes', schema: { type: 'string' }, example: 'GET, HEAD' },
};
const LATER: Readonly<Record<string, Header>> = { 'retry-after': count('seconds after which it may be asked again', 1) };
const COME_BACK = ['429', '503', '504'];

type Responses = Record<string, { headers?: Record<string, unknown> }>;

const references = (headers: Readonly<Record<string, Header>>): Record<string, unknown> =>
  Object.fromEntries(Object.keys(headers).map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const ownHeaders = (status: string): Readonly<Record<string, Header>> => {
  if (status === '405') return ALLOW;
  return COME_BACK.includes(status) ? LATER : {};
};

/** Declares what every answer carries beside its body. */
export function addHeaders(document: OpenAPIObject): void {
  for (const path of Object.values(document.paths))
    for (const { responses = {} } of Object.values(path as Record<string, { responses?: Responses }>))
      for (const [status, response] of Object.entries(responses))
        response.headers = { ...references(EVERYWHERE), ...references(ownHeaders(status)), ...response.headers };
  document.components = { ...document.components, headers: { ...EVERYWHERE, ...LATER, ...ALLOW } };
}
