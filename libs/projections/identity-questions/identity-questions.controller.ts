import { Controller, Get, Inject, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { PAGED, QueryRoute } from '@touchline/http';
import { NamedQuery } from '../named-query.js';
import { QuestionPageShown, QuestionsQuery } from './identity-questions.dto.js';
import { questionsListed } from './identity-questions.queries.js';

@ApiTags('customers')
@Controller('identity-questions')
export class IdentityQuestionsController {
  constructor(@Inject(QueryBus) private readonly bus: QueryBus) {}

  @Get()
  @Allow({ roles: ['manager', 'service-manager'], scope: 'site', why: 'those who answer for a site settle who its customers are' })
  @QueryRoute(
    'Questions of who customers are, the newest first: another name at the same number, known at another site',
    QuestionPageShown,
    PAGED,
  )
  list(@Query() asked: QuestionsQuery, @CurrentCaller() caller: Caller): Promise<QuestionPageShown> {
    return this.bus.execute(NamedQuery.of(questionsListed, asked, caller));
  }
}
