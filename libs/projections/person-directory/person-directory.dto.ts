import { PageQuery, ResponseProperty, Revision, Text } from '@touchline/http';
import type { PersonFound } from './person-directory.query.js';

export class SearchQuery extends PageQuery {
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

export class PersonShown implements PersonFound {
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

export class PeoplePageShown {
  @ResponseProperty(() => PersonShown, { list: true }) items!: PersonShown[];
  @ResponseProperty(String, { nullable: true, description: 'cursor of the page after' }) next!: string | null;
}
