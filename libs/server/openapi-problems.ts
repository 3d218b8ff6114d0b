import type { OpenAPIObject } from '@nestjs/swagger';

type ResponseObject = NonNullable<NonNullable<OpenAPIObject['components']>['responses']>[string];

import type { RoutePermission } from '@touchline/auth';
import { Problem, problemResponse } from '@touchline/http';
import type { Schema } from './openapi-examples.js';
import { whole } from './openapi-examples.js';

interface Response {
  $ref?: string;
  description?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, { schema?: Schema; examples?: Record<string, unknown> }>;
}
type Responses = Record<string, Response>;
interface Operation {
  requestBody?: { content?: Record<string, { schema?: Schema }> };
  responses?: Responses;
}

/** What tells of a route which problems it cannot give. */
interface Facts {
  method: string;
  path: string;
  scope: 'site' | 'group' | 'self' | 'platform' | 'public';
  /** It is posted to without a word of what. */
  isBare: boolean;
  /** Its body says when something happened. */
  isDated: boolean;
}

/** Problems that every route is documented with, and what a route must be like to give them. */
const ONLY_WHERE: Readonly<Record<string, (route: Facts) => boolean>> = {
  'scope.group-only': ({ scope }) => scope === 'group',
  // A query leaves out what its reader may not see, and does not say that it is there.
  'scope.other-site': ({ scope, method }) => scope === 'site' && method === 'POST',
  'occurred-at.in-future': ({ isDated }) => isDated,
  'request.invalid': ({ isBare }) => !isBare,
  'address.too-long': ({ path }) => path.includes(':'),
  'body.malformed': ({ method }) => method === 'POST',
  'body.too-deep': ({ method }) => method === 'POST',
  'body.invalid-text': ({ method }) => method === 'POST',
  'body.invalid-key': ({ method }) => method === 'POST',
  'body.invalid-number': ({ method }) => method === 'POST',
  'body.too-many-values': ({ method }) => method === 'POST',
};

/** Leaves out of each route's problems those that its method, its permission or its body rule out. */
export function leaveOutWhatCannotBe(document: OpenAPIObject, permissions: readonly RoutePermission[]): void {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  for (const { method, path, permission } of permissions) {
    const methods = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')] as Record<string, Operation> | undefined;
    const operation = methods?.[method.toLowerCase()];
    if (operation?.responses === undefined) continue;
    const body = operation.requestBody?.content?.['application/json']?.schema;
    const isDated = body !== undefined && 'occurredAt' in (whole(body, schemas).properties ?? {});
    const scope = permission === 'public' || permission === null ? 'public' : permission.scope;
    const isBare = method === 'POST' && body === undefined && !path.includes(':');
    narrow(operation.responses, { method, path, scope, isBare, isDated });
  }
}

function narrow(responses: Responses, facts: Facts): void {
  for (const [status, response] of Object.entries(responses)) {
    const codes = codesOf(response);
    const possible = codes.filter((code) => ONLY_WHERE[code]?.(facts) ?? true);
    if (possible.length === codes.length) continue;
    if (possible.length === 0) Reflect.deleteProperty(responses, status);
    else responses[status] = problemResponse(possible);
  }
}

/** The codes that a failure may have: its examples are named by them. */
const codesOf = ({ content }: Response): string[] => Object.keys(content?.['application/problem+json']?.examples ?? {});

const PROBLEM_DOCUMENT = {
  type: 'object' as const,
  description: 'RFC 9457 problem document',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: {
      type: 'string' as const,
      format: 'uri',
      description: 'stable; ends in the code',
      example: 'https://touchline.dev/problems/journey.unknown',
    },
    title: { type: 'string' as const, description: 'of every problem with this status', example: 'Not found' },
    status: { type: 'integer' as const, example: 404 },
    code: { type: 'string' as const, description: 'what to tell problems apart by', example: 'journey.unknown' },
    detail: { type: 'string' as const, description: 'what is wrong with this request', example: 'there is no such journey' },
    instance: {
      type: 'string' as const,
      description: 'the address that was asked',
      example: '/journeys/3f0c2a7e-5b1d-5c8e-9a46-7d2e8b90c1f4',
    },
    errors: {
      type: 'array' as const,
      description: 'each thing that is wrong, and where',
      items: { $ref: '#/components/schemas/FieldError' },
    },
    furtherErrors: { type: 'integer' as const, description: 'how many more there were than are told', example: 12 },
  },
  additionalProperties: true,
};

const FIELD_ERROR = {
  type: 'object' as const,
  required: ['field', 'rule', 'detail'],
  properties: {
    field: { type: 'string' as const, description: 'path of the field', example: 'person.phone' },
    rule: { type: 'string' as const, example: 'isPhoneNumber' },
    detail: { type: 'string' as const, example: 'person.phone is no telephone number' },
  },
};

/** Every failure is of one form; its codes are told by its examples, which stand once. A failure that several routes share stands once, too. */
export function shareProblems(document: OpenAPIObject): void {
  const all = Object.values(document.paths).flatMap((path) =>
    Object.values(path as Record<string, Operation>).map(({ responses }) => responses ?? {}),
  );
  const examples = new Map<string, { value: unknown }>();
  const uses = new Map<string, { status: string; times: number }>();
  for (const [status, response] of all.flatMap((responses) => Object.entries(responses))) {
    const codes = codesOf(response);
    for (const code of codes)
      examples.set(code, { value: new Problem(Number(status), code, 'what is wrong with this request').document() });
    if (codes.length > 0) uses.set(JSON.stringify(response), { status, times: (uses.get(JSON.stringify(response))?.times ?? 0) + 1 });
  }
  const shared = new Map<string, string>();
  for (const [text, { status, times }] of uses) {
    const before = [...shared.values()].filter((name) => name.startsWith(`Problem${status}`)).length;
    if (times > 1) shared.set(text, `Problem${status}${before === 0 ? '' : `-${before + 1}`}`);
  }
  for (const responses of all)
    for (const [status, response] of Object.entries(responses)) {
      const name = shared.get(JSON.stringify(response));
      if (name !== undefined) responses[status] = { $ref: `#/components/responses/${name}` };
    }
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ProblemDocument: PROBLEM_DOCUMENT, FieldError: FIELD_ERROR },
    responses: Object.fromEntries([...shared].map(([text, name]) => [name, JSON.parse(text) as ResponseObject])),
    examples: Object.fromEntries([...examples].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
