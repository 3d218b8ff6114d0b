import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller, OPERATES } from '@touchline/auth';
import type { CommandServices, CommandMetadata } from '@touchline/commands';
import { COMMAND_SERVICES } from '@touchline/commands';
import type { Caller } from '@touchline/core';
import { KeyedMetadata, LookupRoute, OperatingRoute, PAGED, Paging, QueryInt, ResponseProperty, Text } from '@touchline/http';
import type { Page } from '@touchline/http';
import { FailedEventShown, SkipDto, UNKNOWN } from './operations.dto.js';
import type { SetAsideShown } from './set-aside.js';
import { SetAsideOperations, skipOwn } from './set-aside.js';

class SetAsideQuery {
  @QueryInt({ optional: true, min: 1, max: 200, description: 'most rows of the page; default 50' })
  limit?: number;

  @Text({ optional: true, max: 500, description: '`next` of the page before' })
  cursor?: string;
}

class StreamSetAside implements SetAsideShown {
  @ResponseProperty(String, { description: 'the read model' }) projection!: string;
  @ResponseProperty(String) stream!: string;
  @ResponseProperty(String, { nullable: true }) tenant!: string | null;
  @ResponseProperty(Boolean, { description: 'it is missing from rows that are built beside the live ones' }) rebuild!: boolean;
  @ResponseProperty(() => FailedEventShown, { description: 'the event that cannot be worked in' }) event!: FailedEventShown;
  @ResponseProperty(String) error!: string;
  @ResponseProperty(String, { description: 'where it arose' }) stack!: string;
  @ResponseProperty(Number, { description: 'how often it was tried' }) attempts!: number;
  @ResponseProperty(Number, { description: 'events of the stream that wait' }) waiting!: number;
  @ResponseProperty(String) since!: string;
  @ResponseProperty(String) failedAt!: string;
  @ResponseProperty(String, { description: 'when it is tried again by itself' }) retryAt!: string;
}

class SetAsidePage implements Page<SetAsideShown> {
  @ResponseProperty(() => StreamSetAside, { list: true }) items!: StreamSetAside[];
  @ResponseProperty(String, { nullable: true }) next!: string | null;
}

class Settling {
  @ResponseProperty(Number, { description: 'streams that are tried again' }) streams!: number;
}

/** Who judges what could not be worked in of their own group's events. */
const SETTLES = { roles: ['admin'], scope: 'group' } as const;

const pagingOf = (query: SetAsideQuery): Paging => new Paging(query, 'stream', ['text'], 'asc');

/** What a group's events could not be worked into is the group's to see and to settle. */
@ApiTags('operation')
@Controller('admin')
export class SetAsideController {
  constructor(
    @Inject(SetAsideOperations) private readonly aside: SetAsideOperations,
    @Inject(COMMAND_SERVICES) private readonly services: CommandServices,
  ) {}

  @Get('projections/:name/set-aside')
  @Allow(OPERATES)
  @LookupRoute('Streams, of every group, that a read model has set aside: why, since when, and how much waits', SetAsidePage, {
    ...PAGED,
    404: UNKNOWN,
  })
  ofAll(@Param('name') name: string, @Query() query: SetAsideQuery): Promise<SetAsidePage> {
    return this.aside.list(pagingOf(query), { name });
  }

  @Get('set-aside')
  @Allow(SETTLES)
  @LookupRoute("Streams of the caller's group that read models have set aside: why, since when, and how much waits", SetAsidePage, PAGED)
  ofGroup(@Query() query: SetAsideQuery, @CurrentCaller() { tenant }: Caller): Promise<SetAsidePage> {
    return this.aside.list(pagingOf(query), { tenant });
  }

  @Post('set-aside/:name/retry')
  @Allow(SETTLES)
  @OperatingRoute("Try again at once what a read model has set aside of the caller's group", Settling, { 404: UNKNOWN })
  retry(@Param('name') name: string, @CurrentCaller() { tenant }: Caller): Promise<Settling> {
    return this.aside.retry(name, tenant);
  }

  @Post('set-aside/:name/skip')
  @Allow(SETTLES)
  @OperatingRoute(
    "Leave out an event of the caller's group that could not be worked in, for good, with a reason that is recorded",
    Settling,
    {
      404: UNKNOWN,
      409: ['projection.not-failed', 'stream.contended'],
      422: ['idempotency.key-reused'],
    },
  )
  skip(@Param('name') name: string, @Body() body: SkipDto, @KeyedMetadata() metadata: CommandMetadata): Promise<Settling> {
    return skipOwn({ aside: this.aside, deps: this.services.deps }, metadata, name, body);
  }
}
