import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { QueryRoute, ReadQuery } from '@touchline/http';
import { NamedQuery } from '../named-query.js';
import { TextsShown } from './customer-timeline.dto.js';
import { textsOfTouchpoint } from './customer-timeline.queries.js';

/** Names are shown to those who meet customers, and so is what customers said (domain §13.2). */
const MAY_READ_TEXTS = {
  roles: ['consultant', 'manager', 'service-manager'],
  scope: 'site',
  why: 'those who deal with customers in person; the others work without knowing who it is',
} as const;

@ApiTags('timelines')
@Controller('touchpoints')
export class TextsController {
  constructor(@Inject(QueryBus) private readonly bus: QueryBus) {}

  @Get(':eventId/texts')
  @Allow(MAY_READ_TEXTS)
  @QueryRoute('What is kept sealed of a touchpoint, in clear: notes, promises, the account of a complaint …', TextsShown, {
    404: ['touchpoint.unknown'],
  })
  texts(@Param('eventId') eventId: string, @Query() asked: ReadQuery, @CurrentCaller() caller: Caller): Promise<TextsShown> {
    return this.bus.execute(NamedQuery.of(textsOfTouchpoint, Object.assign(asked, { eventId }), caller));
  }
}
