import { Controller, Get, Inject, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { PAGED, PageQuery, QueryRoute } from '@touchline/http';
import { NamedQuery } from '../named-query.js';
import { PlaybookPageShown } from './group-directory.dto.js';
import { playbooksListed } from './group-directory.queries.js';

@ApiTags('administration')
@Controller('admin/playbooks')
export class PlaybookListController {
  constructor(@Inject(QueryBus) private readonly bus: QueryBus) {}

  @Get()
  @Allow({ roles: ['admin', 'analyst'], scope: 'group' })
  @QueryRoute('Playbooks (流程手册) by id: those that ship and those the group has published', PlaybookPageShown, PAGED)
  list(@Query() asked: PageQuery, @CurrentCaller() caller: Caller): Promise<PlaybookPageShown> {
    return this.bus.execute(NamedQuery.of(playbooksListed, asked, caller));
  }
}
