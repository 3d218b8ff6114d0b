import { randomUUID } from 'node:crypto';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller, meetsCustomers } from '@touchline/auth';
import type { CommandMetadata, Learned } from '@touchline/commands';
import { MaskedSearches } from '@touchline/commands';
import type { Caller } from '@touchline/core';
import {
  UnkeyedMetadata,
  DIGEST_SECRET,
  PAGED,
  PageQuery,
  Paging,
  Problem,
  QueryRoute,
  ReadQuery,
  ResponseProperty,
  Revision,
  Text,
  answer,
} from '@touchline/http';
import { MAY_READ, ReadModels, unknown } from '../read-models.js';
import type { PersonFound } from './person-directory.query.js';
import { personOf, readSearch, searchPeople } from './person-directory.query.js';

const VIEWS = ['person-directory', 'customer-streams', 'identity-questions'];

class SearchQuery extends PageQuery {
  @Text({
    max: 100,
    description:
      'a name or any part of one, a telephone number or other identifier in full, or the last four digits of a telephone number, typed any way; a part of a name or number finds only those whose name the reader sees in clear',
    example: '王芳',
  })
  q!: string;
}

class IdentifierShown {
  @ResponseProperty(String, { example: 'phone' }) identifierType!: string;
  @ResponseProperty(String, { example: '+86138****1111' }) masked!: string;
}

class PersonShown implements PersonFound {
  @ResponseProperty(String) customerId!: string;
  @Revision() revision!: number;
  @ResponseProperty(String, { nullable: true, enum: ['person', 'organisation'] }) customerType!: string | null;
  @ResponseProperty(String, {
    nullable: true,
    description: 'masked, unless the reader meets customers at one of their sites',
    example: '王*',
  })
  name!: string | null;
  @ResponseProperty(String, { nullable: true }) formOfAddress!: string | null;
  @ResponseProperty(Boolean, { description: 'the name is not masked' }) inClear!: boolean;
  @ResponseProperty(() => IdentifierShown, { list: true, description: 'always masked; a reveal shows them' })
  identifiers!: IdentifierShown[];
  @ResponseProperty(String, { list: true, description: "sites of the reader's at which they are known" }) siteIds!: string[];
  @ResponseProperty(Boolean, { description: 'the person was erased; nothing is kept of them any more' }) erased!: boolean;
}

class PeoplePageShown {
  @ResponseProperty(() => PersonShown, { list: true }) items!: PersonShown[];
  @ResponseProperty(String, { nullable: true, description: 'cursor of the page after' }) next!: string | null;
}

@ApiTags('customers')
@Controller('customers')
export class PersonDirectoryController {
  constructor(
    @Inject(ReadModels) private readonly read: ReadModels,
    @Inject(DIGEST_SECRET) private readonly secret: string,
    @Inject(MaskedSearches) private readonly masked: MaskedSearches,
  ) {}

  @Get('search')
  @Allow(MAY_READ)
  @QueryRoute(
    'Find customers by their name or a number typed in full, by a part of a name, or by the last four digits of a number; who sees names masked finds by the whole alone, so many times a day, and each find is recorded as a reveal',
    PeoplePageShown,
    { ...PAGED, 409: ['stream.contended'] },
  )
  async search(
    @Query() query: SearchQuery,
    @CurrentCaller() caller: Caller,
    @UnkeyedMetadata() metadata: CommandMetadata,
  ): Promise<PeoplePageShown> {
    await this.read.upTo(query.after, ...VIEWS, 'group-directory');
    const search = readSearch(this.secret, caller.tenant, query.q);
    if (search === null)
      throw new Problem(400, 'request.invalid', 'there is nothing to search by', {
        errors: [{ field: 'q', rule: 'search', detail: 'name at least one letter, character or digit' }],
      });
    const paging = new Paging(query, 'closest', ['number', 'text']);
    await this.count(caller);
    const { page, learned } = await searchPeople(this.read.ask, caller, search, paging);
    for (const each of learned) await this.reveal(metadata, each);
    return page;
  }

  /** @throws Problem where somebody under a mask has searched too often today */
  private async count({ tenant, userId, roles }: Caller): Promise<void> {
    if (meetsCustomers({ roles })) return;
    const wait = await this.masked.count(tenant, userId);
    if (wait === null) return;
    const detail = `at most ${this.masked.mostADay} searches a day by those who see names masked`;
    throw new Problem(429, 'rate.limited', detail, { headers: { 'retry-after': String(wait) } });
  }

  /** Each is a command of its own. */
  private async reveal(metadata: CommandMetadata, learned: Learned): Promise<void> {
    const commandId = randomUUID();
    answer(await this.masked.reveal({ ...metadata, commandId, requestHash: commandId }, learned));
  }

  @Get(':customerId')
  @Allow(MAY_READ)
  @QueryRoute('Who a customer is, as far as the reader may know', PersonShown, { 404: ['customer.unknown'] })
  async person(
    @Param('customerId') customerId: string,
    @Query() { after }: ReadQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<PersonShown> {
    await this.read.upTo(after, ...VIEWS);
    const person = await personOf(this.read.ask, caller, customerId);
    if (person === undefined) throw unknown('customer');
    return person;
  }
}
