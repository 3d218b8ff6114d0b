import type { OpenAPIObject } from '@nestjs/swagger';
import type { RoutePermission } from '@touchline/auth';
import { problemResponse } from '@touchline/http';
import type { Schema } from './openapi-examples.js';
import { whole } from './openapi-examples.js';

type Responses = Record<string, { content?: Record<string, { schema?: Schema }> }>;
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
  for (const [status, { content }] of Object.entries(responses)) {
    const codes = content?.['application/problem+json']?.schema?.properties?.['code']?.enum as string[] | undefined;
    const possible = codes?.filter((code) => ONLY_WHERE[code]?.(facts) ?? true);
    if (codes === undefined || possible === undefined || possible.length === codes.length) continue;
    if (possible.length === 0) Reflect.deleteProperty(responses, status);
    else responses[status] = problemResponse(Number(status), possible);
  }
}
