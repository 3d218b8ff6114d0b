import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { DIGEST_SECRET, PAGED, PageQuery, Paging, Problem, QueryRoute, ReadQuery, Shown, Text } from '@touchline/http';
import { MAY_READ, ReadModels, unknown } from '../read-models.js';
import type { PersonFound } from './person-directory.query.js';
import { personOf, readSearch, searchPeople } from './person-directory.query.js';

const VIEWS = ['person-directory', 'customer-streams', 'identity-questions'];

class SearchQuery extends PageQuery {
  @Text({ max: 100, description: 'any part of a name, or a telephone number or other identifier in full, typed any way', example: '王' })
  q!: string;
}

class IdentifierShown {
  @Shown(String, { example: 'phone' }) kind!: string;
  @Shown(String, { example: '+86138****1111' }) masked!: string;
}

class PersonShown implements PersonFound {
  @Shown(String) customerId!: string;
  @Shown(String, { nullable: true, enum: ['person', 'organisation'] }) kind!: string | null;
  @Shown(String, { nullable: true, description: 'masked, unless the reader meets customers at one of their sites', example: '王*' })
  name!: string | null;
  @Shown(String, { nullable: true }) formOfAddress!: string | null;
  @Shown(Boolean, { description: 'the name is not masked' }) inClear!: boolean;
  @Shown(() => IdentifierShown, { list: true, description: 'always masked; a reveal shows them' }) identifiers!: IdentifierShown[];
  @Shown(String, { list: true, description: "sites of the reader's at which they are known" }) sites!: string[];
  @Shown(Boolean, { description: 'the person was erased; nothing is kept of them any more' }) erased!: boolean;
}

class PeoplePageShown {
  @Shown(() => PersonShown, { list: true }) items!: PersonShown[];
  @Shown(String, { nullable: true, description: 'cursor of the page after' }) next!: string | null;
}

@ApiTags('customers')
@Controller('customers')
export class PersonDirectoryController {
  constructor(
    @Inject(ReadModels) private readonly read: ReadModels,
    @Inject(DIGEST_SECRET) private readonly secret: string,
  ) {}

  @Get('search')
  @Allow(MAY_READ)
  @QueryRoute('Find customers by a part of their name, or by a number typed in full', PeoplePageShown, PAGED)
  async search(@Query() query: SearchQuery, @CurrentCaller() caller: Caller): Promise<PeoplePageShown> {
    await this.read.upTo(query.after, ...VIEWS);
    const search = readSearch(this.secret, caller.tenant, query.q);
    if (search === null)
      throw new Problem(400, 'request.invalid', 'there is nothing to search by', {
        errors: [{ field: 'q', rule: 'search', detail: 'name at least one letter, character or digit' }],
      });
    return searchPeople(this.read.ask, caller, search, new Paging(query, 'closest', ['number', 'text']));
  }

  @Get(':id')
  @Allow(MAY_READ)
  @QueryRoute('Who a customer is, as far as the reader may know', PersonShown, { 404: ['customer.unknown'] })
  async person(@Param('id') customerId: string, @Query() { after }: ReadQuery, @CurrentCaller() caller: Caller): Promise<PersonShown> {
    await this.read.upTo(after, ...VIEWS);
    const person = await personOf(this.read.ask, caller, customerId);
    if (person === undefined) throw unknown('customer');
    return person;
  }
}
