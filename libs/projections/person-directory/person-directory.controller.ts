import { randomUUID } from 'node:crypto';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { CommandMetadata } from '@touchline/commands';
import { NamedCommand } from '@touchline/commands';
import type { Caller } from '@touchline/core';
import { PAGED, QueryRoute, ReadQuery, UnkeyedMetadata, answer } from '@touchline/http';
import { NamedQuery } from '../named-query.js';
import { MAY_READ } from '../read-models.js';
import { PeoplePageShown, PersonShown, SearchQuery } from './person-directory.dto.js';
import { peopleFound, personAsked } from './person-directory.queries.js';

@ApiTags('customers')
@Controller('customers')
export class PersonDirectoryController {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(CommandBus) private readonly commands: CommandBus,
  ) {}

  @Get('search')
  @Allow(MAY_READ)
  @QueryRoute(
    'Find customers by their name or a number typed in full, by a part of a name, or by the last four digits of a number; who sees names masked finds by the whole alone, so many times a day, and each find is recorded as a reveal',
    PeoplePageShown,
    { ...PAGED, 409: ['stream.contended'] },
  )
  async search(
    @Query() asked: SearchQuery,
    @CurrentCaller() caller: Caller,
    @UnkeyedMetadata() metadata: CommandMetadata,
  ): Promise<PeoplePageShown> {
    const { page, learned } = await this.queries.execute(NamedQuery.of(peopleFound, asked, caller));
    // What was typed is not kept: the fields tell what it was. Each find is a command of its own.
    for (const { customerId, fields } of learned) {
      const look = { customerId, fields: ['search', ...fields], reason: 'searched by the whole of it' };
      const commandId = randomUUID();
      const each = { ...metadata, commandId, requestHash: commandId };
      answer(await this.commands.execute(new NamedCommand('personal-data-revealed', look, each)));
    }
    return page;
  }

  @Get(':customerId')
  @Allow(MAY_READ)
  @QueryRoute('Who a customer is, as far as the reader may know', PersonShown, { 404: ['customer.unknown'] })
  person(@Param('customerId') customerId: string, @Query() asked: ReadQuery, @CurrentCaller() caller: Caller): Promise<PersonShown> {
    return this.queries.execute(NamedQuery.of(personAsked, Object.assign(asked, { customerId }), caller));
  }
}
