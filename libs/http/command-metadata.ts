import { createHmac, hash, randomUUID } from 'node:crypto';
import type { CanActivate, CustomDecorator, ExecutionContext } from '@nestjs/common';
import { Inject, Injectable, SetMetadata, createParamDecorator } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Caller } from '@touchline/core';
import type { CommandMetadata, KeyClaim } from '@touchline/commands';
import { canonicalJson } from '@touchline/event-store';
import { commandIdOf } from './command-id.js';
import { Problem } from './problem.js';
import { assertStorable, assertWellFormed } from './well-formed.js';

const KEY = /^[\x21-\x7e]{8,200}$/;
const NO_KEY = 'touchline:no-key';

/** Secret that keys the digests of requests; a digest of a phone number must not be guessable (ADR 0008). */
export const DIGEST_SECRET = Symbol('DIGEST_SECRET');

/** A POST that records nothing under a key, such as signing in. */
export const WithoutKey = (): CustomDecorator => SetMetadata(NO_KEY, true);

interface IncomingRequest {
  method: string;
  url: string;
  id: string;
  traceparent?: string;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
  query: unknown;
  params: unknown;
  caller?: Caller;
  metadata?: CommandMetadata;
  claim?: KeyClaim;
}

/**
 * Runs after the sign-in guard. Every POST of a signed-in caller carries an Idempotency-Key, from which the command's
 * identity derives; If-Match names the revision the caller last saw (ADR 0003).
 */
@Injectable()
export class CommandMetadataGuard implements CanActivate {
  constructor(
    @Inject(DIGEST_SECRET) private readonly secret: string,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<IncomingRequest>();
    assertStorable(request);
    if (request.method !== 'POST') return true;
    assertWellFormed(request.body);
    const { caller } = request;
    if (caller === undefined || this.reflector.getAllAndOverride<boolean>(NO_KEY, [context.getHandler(), context.getClass()])) return true;
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || !KEY.test(key))
      throw new Problem(400, 'idempotency.key-missing', 'every POST carries an Idempotency-Key of 8 to 200 visible ASCII characters', {
        errors: [{ field: 'Idempotency-Key', rule: 'header', detail: 'missing or malformed' }],
      });
    const ifMatch = revisionOf(request.headers['if-match']);
    const { url, body, id, traceparent } = request;
    request.metadata = {
      ...commandMetadataOf(this.secret, caller, { url, body, key, correlationId: id, ...(traceparent !== undefined && { traceparent }) }),
      ...(ifMatch !== undefined && { ifMatch }),
    };
    request.claim = claimOf(this.secret, request.metadata, key);
    return true;
  }
}

/** What somebody sent, where to, and under which key. */
export interface Sent {
  /** Path of the route. */
  url: string;
  /** As it was sent, before its form is looked at. */
  body: unknown;
  key: string;
  correlationId: string;
  traceparent?: string;
}

/** A command's sender: the same caller, key and body are the same command, whichever way they come (ADR 0003). */
export const commandMetadataOf = (
  secret: string,
  caller: Caller,
  { url, body, key, correlationId, traceparent }: Sent,
): CommandMetadata => ({
  tenant: caller.tenant,
  sites: caller.sites,
  roles: caller.roles,
  actor: { kind: caller.roles.includes('service') ? 'service' : 'user', id: caller.userId },
  commandId: commandIdOf(caller.tenant, caller.userId, key),
  requestHash: createHmac('sha256', secret)
    .update(url)
    .update(canonicalJson(body ?? null))
    .digest('base64url'),
  correlationId,
  causationId: correlationId,
  ...(traceparent !== undefined && { traceparent }),
});

/**
 * What a key stands for. It is of the whole group, whoever it comes from; that of a source system is its own, since what it
 * calls its messages by is unique there alone (CloudEvents).
 */
export function claimOf(secret: string, { tenant, actor, commandId, requestHash }: CommandMetadata, key: string): KeyClaim {
  const owner = actor.kind === 'service' ? actor.id : '';
  return {
    key: asUuid(createHmac('sha256', secret).update([tenant, owner, key].join('|')).digest('hex')),
    // The hash of the request is keyed itself.
    request: asUuid(hash('sha256', `${commandId}|${requestHash}`, 'hex')),
  };
}

const asUuid = (digits: string): string =>
  [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20, 32)].join('-');

function revisionOf(header: string | string[] | undefined): number | undefined {
  if (header === undefined) return undefined;
  const match = typeof header === 'string' ? /^"(\d{1,9})"$/.exec(header) : null;
  if (match === null)
    throw new Problem(400, 'precondition.malformed', 'If-Match holds the quoted revision of the record, such as "7"', {
      errors: [{ field: 'If-Match', rule: 'header', detail: 'malformed' }],
    });
  return Number(match[1]);
}

/** The sender of a query that is recorded itself, each time it is asked; it has no key. */
export const UnkeyedMetadata = createParamDecorator((_data: unknown, context: ExecutionContext): CommandMetadata => {
  const { caller, id, traceparent } = context.switchToHttp().getRequest<IncomingRequest>();
  if (caller === undefined) throw new Error('this route has no caller: it is public');
  const commandId = randomUUID();
  return {
    tenant: caller.tenant,
    sites: caller.sites,
    actor: { kind: caller.roles.includes('service') ? 'service' : 'user', id: caller.userId },
    ...{ commandId, requestHash: commandId, correlationId: id, causationId: id },
    ...(traceparent !== undefined && { traceparent }),
  };
});

/** The command's sender, key and preconditions, of a route that records something. */
export const KeyedMetadata = createParamDecorator((_data: unknown, context: ExecutionContext): CommandMetadata => {
  const { metadata } = context.switchToHttp().getRequest<IncomingRequest>();
  if (metadata === undefined) throw new Error('this route has no metadata: it is public or no POST');
  return metadata;
});
