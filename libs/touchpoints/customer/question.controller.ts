import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { Issuer } from '@touchline/commands';
import { Record } from '@touchline/commands';
import { IssuedBy, OneOf, RecordedAnswer, Text, Uuid, answer, pick } from '@touchline/http';
import { Records } from '../rejections.js';
import type { Answer } from './question.events.js';
import { ANSWERS } from './question.events.js';

class CustomerPath {
  @Uuid()
  customerId!: string;
}

class SettlementDto {
  @Uuid({ description: 'as GET /identity-questions lists it' })
  questionId!: string;

  @OneOf(Object.values(ANSWERS).flat(), {
    description: 'other-name: same-person, family, wrong-number · known-elsewhere: share (that site may act on this customer), keep-apart',
  })
  answer!: Answer;

  @Text({ optional: true, max: 4000, description: 'why; kept sealed' })
  note?: string;
}

@ApiTags('customers')
@Controller('customers/:customerId/settlements')
export class QuestionController {
  constructor(@Inject(CommandBus) private readonly bus: CommandBus) {}

  @Post()
  @Allow({ roles: ['manager', 'service-manager'], scope: 'site', why: 'those who answer for a site settle who its customers are' })
  @Records(
    'Settle who somebody was; nothing that is recorded moves',
    'customer.unknown',
    'question.unknown',
    'question.settled',
    'question.other-answers',
  )
  async settle(@Param() { customerId }: CustomerPath, @Body() body: SettlementDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const settlement = { kind: 'settle' as const, customerId, ...pick(body, 'questionId', 'answer', 'note') };
    return answer(await this.bus.execute(Record.settlement(issuer, settlement)));
  }
}
