import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller, WordDirectory } from '@touchline/auth';
import type { Issuer } from '@touchline/commands';
import { Record } from '@touchline/commands';
import type { Caller, WordList } from '@touchline/core';
import { GROUP_ROLES, WORD_LISTS, streamName } from '@touchline/core';
import { IssuedBy, LookupRoute, OneOf, RecordedAnswer, ResponseProperty, Text, TextList, answer, pick } from '@touchline/http';
import { Records } from '../rejections.js';
import type { WordsCommand } from './words.decider.js';
import { wordsDecider } from './words.decider.js';
import type { Word } from './words.fold.js';

class WordNamedDto {
  @OneOf(WORD_LISTS, { example: 'media' })
  list!: WordList;

  @Text({ max: 100, description: 'as events store it, chosen once; nothing personal', example: 'wechat-ad' })
  word!: string;
}

class WordDto extends WordNamedDto {
  @Text({ optional: true, max: 100, description: 'label in Chinese', example: '微信广告' })
  zh?: string;

  @Text({ optional: true, max: 100, description: 'label in English', example: 'WeChat ad' })
  en?: string;

  @TextList({ optional: true, max: 100, description: 'other spellings that stand for it', example: ['WeChat moments'] })
  aliases?: string[];
}

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
}

const MAY_ADMINISTER = { roles: ['admin'], scope: 'group' } as const;

/** The group's lists of words: what is counted is named by one of them (domain §13.1). */
@ApiTags('administration')
@Controller()
export class WordsController {
  constructor(
    @Inject(CommandBus) private readonly bus: CommandBus,
    @Inject(WordDirectory) private readonly directory: WordDirectory,
  ) {}

  @Get('words')
  @Allow({ roles: GROUP_ROLES, scope: 'self', why: "of the caller's own group, whatever their sites" })
  @LookupRoute('The words of a list: media sources, campaigns, products, material, risks, buildings, labels of journeys', WordsShown)
  async list(@Query() { list }: WordsQuery, @CurrentCaller() { tenant }: Caller): Promise<WordsShown> {
    const words = await this.directory.words(tenant, list);
    return { list, words: words.map(({ word, zh = null, en = null, aliases = [], withdrawn }) => ({ word, zh, en, aliases, withdrawn })) };
  }

  @Post('admin/words')
  @Allow(MAY_ADMINISTER)
  @Records('Add a word to a list, or take a withdrawn one back', 'word.taken')
  add(@Body() body: WordDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    return this.record(issuer, body.list, { kind: 'add', word: pick(body, 'list', 'word', 'zh', 'en', 'aliases') });
  }

  @Post('admin/words/changes')
  @Allow(MAY_ADMINISTER)
  @Records('Give a word other labels and spellings', 'word.taken', 'words.unknown')
  change(@Body() body: WordDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    return this.record(issuer, body.list, { kind: 'change', word: pick(body, 'list', 'word', 'zh', 'en', 'aliases') });
  }

  @Post('admin/words/withdrawals')
  @Allow(MAY_ADMINISTER)
  @Records('Offer a word no longer; what was recorded with it keeps it', 'words.unknown')
  withdraw(@Body() { list, word }: WordNamedDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    return this.record(issuer, list, { kind: 'withdraw', list, word });
  }

  private async record(issuer: Issuer, list: WordList, command: WordsCommand): Promise<RecordedAnswer> {
    const outcome = await this.bus.execute(
      Record.onStream(issuer, { stream: streamName('words', issuer.tenant, list), decider: wordsDecider, command }),
    );
    await this.directory.changed(issuer.tenant, list);
    return answer(outcome);
  }
}
