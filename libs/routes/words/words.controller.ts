import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller, WordDirectory } from '@touchline/auth';
import type { Caller, WordList } from '@touchline/core';
import { GROUP_ROLES, WORD_LISTS } from '@touchline/core';
import { LookupRoute, OneOf, ResponseProperty, Revision } from '@touchline/http';
import type { Word } from '@touchline/touchpoints/words/words.fold.js';

class WordsQuery {
  @OneOf(WORD_LISTS, { example: 'media' })
  list!: WordList;
}

class WordShown implements Omit<Word, 'zh' | 'en' | 'aliases'> {
  @ResponseProperty(String) word!: string;
  @ResponseProperty(String, { nullable: true }) zh!: string | null;
  @ResponseProperty(String, { nullable: true }) en!: string | null;
  @ResponseProperty(String, { list: true }) aliases!: string[];
  @ResponseProperty(Boolean, { description: 'no longer offered' }) withdrawn!: boolean;
}

class WordsShown {
  @ResponseProperty(String, { enum: WORD_LISTS }) list!: WordList;
  @ResponseProperty(() => WordShown, { list: true }) words!: WordShown[];
  @Revision('where the list has no words yet') revision!: number | null;
}

/** The group's lists of words: what is counted is named by one of them (domain §13.1). */
@ApiTags('administration')
@Controller()
export class WordListController {
  constructor(@Inject(WordDirectory) private readonly directory: WordDirectory) {}

  @Get('words')
  @Allow({ roles: GROUP_ROLES, scope: 'self', why: "of the caller's own group, whatever their sites" })
  @LookupRoute('The words of a list: media sources, campaigns, products, material, risks, buildings, labels of journeys', WordsShown)
  async list(@Query() { list }: WordsQuery, @CurrentCaller() { tenant }: Caller): Promise<WordsShown> {
    const { words, revision } = await this.directory.wordsRead(tenant, list);
    return {
      list,
      words: words.map(({ word, zh = null, en = null, aliases = [], withdrawn }) => ({ word, zh, en, aliases, withdrawn })),
      revision,
    };
  }
}
