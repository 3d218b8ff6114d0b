import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { RequestClaims } from '@touchline/commands';
import { claimMadeBy } from '@touchline/http';
import type { Observable } from 'rxjs';
import { from, lastValueFrom } from 'rxjs';
import { claimed } from './claimed.js';

/** A request claims its key once its sender is known and allowed, before anything else is looked at. */
@Injectable()
export class OneKeyOneRequest implements NestInterceptor {
  constructor(@Inject(RequestClaims) private readonly claims: RequestClaims) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const claim = claimMadeBy(context);
    if (claim === undefined) return next.handle();
    return from(claimed(this.claims, claim, () => lastValueFrom(next.handle(), { defaultValue: undefined })));
  }
}
