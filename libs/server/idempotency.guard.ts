import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { KeyClaim } from '@touchline/commands';
import { RequestClaims } from '@touchline/commands';
import { holdKey } from './hold-key.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set where the request is to claim its key. */
    claim?: KeyClaim;
    /** Gives the key back; set while the request holds it. */
    giveBack?: () => Promise<void>;
  }
}

/**
 * The last guard: a request claims its key once its sender is known and allowed, before anything else is looked at. Where it is refused
 * the key is given back with the answer (`ProblemFilter`); after a fault nobody knows, and only the very same request may come with it
 * (ADR 0030).
 */
@Injectable()
export class IdempotencyGuard implements CanActivate {
  constructor(@Inject(RequestClaims) private readonly claims: RequestClaims) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { claim } = request;
    if (claim === undefined) return true;
    request.giveBack = await holdKey(this.claims, claim);
    return true;
  }
}
