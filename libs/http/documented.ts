import { HttpCode, applyDecorators } from '@nestjs/common';
import type { ApiResponseNoStatusOptions } from '@nestjs/swagger';
import { ApiBearerAuth, ApiHeader, ApiOkResponse, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import type { Type } from '@nestjs/common';
import { RecordedAnswer } from './answer.js';

/** Problem codes of whatever is asked, by status; 405 is the answer of its address to another method. */
const ANYTHING: Readonly<Record<number, readonly string[]>> = {
  405: ['method.not-allowed'],
  408: ['request.timeout'],
  429: ['rate.limited'],
  500: ['internal'],
};

/** Problem codes of the edge itself, by status: any route with a body, any route that is signed in, any that records. */
const EDGE: Readonly<Record<number, readonly string[]>> = {
  ...ANYTHING,
  400: [
    ...(['request.invalid', 'body.malformed', 'body.too-deep', 'body.too-many-values'] as const),
    ...(['body.invalid-text', 'body.invalid-number', 'body.invalid-key'] as const),
  ],
  401: ['token.missing', 'token.invalid', 'token.expired', 'user.inactive'],
  403: ['role.not-allowed', 'scope.group-only', 'scope.other-site'],
  414: ['address.too-long'],
  503: ['event-store.unavailable', 'event-store.stream-damaged', 'database.unavailable', 'identity-provider.unavailable'],
};
const WITH_BODY: Readonly<Record<number, readonly string[]>> = { 413: ['body.too-large'], 415: ['body.unsupported-media-type'] };
const KEYED: Readonly<Record<number, readonly string[]>> = {
  400: ['idempotency.key-missing', 'precondition.malformed'],
  422: ['idempotency.key-reused'],
};
const RECORDING: Readonly<Record<number, readonly string[]>> = {
  409: ['stream.contended'],
  412: ['precondition.stale'],
  413: ['event.too-large'],
  422: ['occurred-at.in-future'],
};
const QUERYING: Readonly<Record<number, readonly string[]>> = {
  400: ['position.malformed'],
  503: ['read-model.set-aside'],
  504: ['read-model.behind'],
};

type CodesByStatus = Readonly<Record<number, readonly string[]>>;

function problems(...groups: CodesByStatus[]): MethodDecorator[] {
  const all = new Map<number, Set<string>>();
  for (const group of groups)
    for (const [status, codes] of Object.entries(group)) all.set(Number(status), new Set([...(all.get(Number(status)) ?? []), ...codes]));
  const some = [...all].filter(([, codes]) => codes.size > 0);
  return some.map(([status, codes]) => ApiResponse({ status, ...problemResponse([...codes]) }));
}

/** How the document tells of the problems of one status. */
export const problemResponse = (codes: readonly string[]): ApiResponseNoStatusOptions => ({
  description: codes.join(', '),
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/ProblemDocument' },
      examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
    },
  },
});

const IdempotencyKey = ApiHeader({
  name: 'Idempotency-Key',
  required: true,
  description: 'one key is one request of one caller, over the group: sent again it is answered as before, with anything else refused',
  schema: { type: 'string', minLength: 8, maxLength: 200 },
});

/** A route that records something: 201 with the answer, the headers it takes, and every problem it may give. */
export const RecordingRoute = (summary: string, refusals: CodesByStatus): MethodDecorator =>
  applyDecorators(
    HttpCode(201),
    ApiBearerAuth(),
    ApiOperation({ summary }),
    IdempotencyKey,
    ApiHeader({
      name: 'If-Match',
      required: false,
      description: 'quoted revision last seen; 412 tells what changed',
      schema: { type: 'string' },
    }),
    ApiResponse({ status: 201, type: RecordedAnswer, description: 'recorded; every repetition with the same key is answered the same' }),
    ...problems(EDGE, KEYED, WITH_BODY, RECORDING, refusals),
  );

/** A route that takes a body from anybody and records nothing under a key: signing in. */
export const PublicPostRoute = (summary: string, type: Type, refusals: CodesByStatus): MethodDecorator =>
  applyDecorators(
    HttpCode(200),
    ApiOperation({ summary, security: [] }),
    ApiOkResponse({ type, description: summary }),
    ...problems({ ...EDGE, 401: [], 403: [] }, WITH_BODY, refusals),
  );

/** A route that is signed in, takes a body and records nothing under a key, such as setting a password. */
export const UnkeyedRoute = (summary: string, type: Type, refusals: CodesByStatus): MethodDecorator =>
  applyDecorators(
    HttpCode(200),
    ApiBearerAuth(),
    ApiOperation({ summary }),
    ApiOkResponse({ type, description: summary }),
    ...problems(EDGE, WITH_BODY, refusals),
  );

/** Refusals of a query whose answer is paged. */
export const PAGED = { 400: ['cursor.malformed'] } as const;

/** Every order of an operator is recorded under its key. */
const ORDERED: Readonly<Record<number, readonly string[]>> = { 409: ['stream.contended'], 422: ['idempotency.key-reused'] };

/** A route of an operator, which changes what runs and answers with how it stands then. */
export const OperatingRoute = (summary: string, type: Type, refusals: CodesByStatus): MethodDecorator =>
  applyDecorators(
    HttpCode(200),
    ApiBearerAuth(),
    ApiOperation({ summary }),
    IdempotencyKey,
    ApiOkResponse({ type, description: 'done; how it stands now' }),
    ...problems(EDGE, KEYED, WITH_BODY, ORDERED, refusals),
  );

/** A route that anybody may ask: no token, no key. */
export const PublicRoute = (summary: string, ok: ApiResponseNoStatusOptions, refusals: CodesByStatus = {}): MethodDecorator =>
  applyDecorators(ApiOperation({ summary, security: [] }), ApiOkResponse({ description: summary, ...ok }), ...problems(ANYTHING, refusals));

/** A route that answers from a read model; `?after=` waits for the caller's own write. */
export const QueryRoute = (summary: string, type: Type | [Type], refusals: CodesByStatus = {}): MethodDecorator =>
  applyDecorators(
    ApiBearerAuth(),
    ApiOperation({ summary }),
    ApiQuery({ name: 'after', required: false, description: 'position of an own write that must be visible', schema: { type: 'string' } }),
    ApiOkResponse({ type, description: summary }),
    ...problems(EDGE, QUERYING, refusals),
  );

/** A route that answers from a read model with a file to keep. */
export const FileRoute = (summary: string, mediaType: string, example: string, refusals: CodesByStatus = {}): MethodDecorator =>
  applyDecorators(
    ApiBearerAuth(),
    ApiOperation({ summary }),
    ApiQuery({ name: 'after', required: false, description: 'position of an own write that must be visible', schema: { type: 'string' } }),
    ApiOkResponse({ description: 'the file', content: { [mediaType]: { schema: { type: 'string' }, example } } }),
    ...problems(EDGE, QUERYING, refusals),
  );

/** A route that answers from what commands are decided on: it shows every write as soon as that is answered. */
export const LookupRoute = (summary: string, type: Type, refusals: CodesByStatus = {}): MethodDecorator =>
  applyDecorators(ApiBearerAuth(), ApiOperation({ summary }), ApiOkResponse({ type, description: summary }), ...problems(EDGE, refusals));
