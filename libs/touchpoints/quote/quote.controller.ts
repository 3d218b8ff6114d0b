import { Body, Controller, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { Issuer } from '@touchline/commands';
import { Record } from '@touchline/commands';
import { Instant, IssuedBy, MoneyDto, Nested, RecordedAnswer, Text, TextList, answer, pick } from '@touchline/http';
import { JourneyActDto, money, touchpointData } from '../contact.dto.js';
import { ON_JOURNEY, Records } from '../rejections.js';
import { quoteDecider } from './quote.decider.js';

class QuoteTermsDto extends JourneyActDto {
  @Nested(() => MoneyDto)
  price!: MoneyDto;

  @Nested(() => MoneyDto, { optional: true, description: 'given on the list price; in the currency of the price' })
  discount?: MoneyDto;

  @Text({ optional: true, max: 200, example: '凯旋 1.5T' })
  product?: string;

  @TextList({ optional: true, description: 'what is offered for the price; kept sealed', example: ['registration'] })
  items?: string[];

  @TextList({
    optional: true,
    description: 'promised on top; each to be fulfilled or released by delivery; kept sealed',
    example: ['floor mats'],
  })
  promises?: string[];

  @Instant({ optional: true, description: 'last instant at which the offer holds' })
  validUntil?: string;
}

class QuoteWithdrawnDto extends JourneyActDto {
  @Text({ optional: true, description: 'why; kept sealed', example: 'model sold out' })
  reason?: string;
}

const MAY_QUOTE = { roles: ['consultant', 'manager'], scope: 'site' } as const;
const NEEDS_A_QUOTE = ['quote.none-stands', 'quote.contract-stands', 'quote.out-of-order'] as const;
const TERMS = ['word.unknown', 'quote.price-invalid', 'quote.discount-invalid', 'quote.validity-past'] as const;

@ApiTags('quotes')
@Controller('quotes')
export class QuoteController {
  constructor(@Inject(CommandBus) private readonly bus: CommandBus) {}

  @Post('issued')
  @Allow(MAY_QUOTE)
  @Records(
    'Record the first quote, or one after a withdrawal (报价)',
    ...ON_JOURNEY,
    ...TERMS,
    'quote.already-stands',
    'quote.contract-stands',
  )
  issued(@Body() body: QuoteTermsDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    return this.quoted('issue', body, issuer);
  }

  @Post('revised')
  @Allow(MAY_QUOTE)
  @Records('Record the next version of the quote that stands', ...ON_JOURNEY, ...TERMS, ...NEEDS_A_QUOTE)
  revised(@Body() body: QuoteTermsDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    return this.quoted('revise', body, issuer);
  }

  @Post('withdrawn')
  @Allow(MAY_QUOTE)
  @Records('Withdraw the quote that stands, with every older version', ...ON_JOURNEY, ...NEEDS_A_QUOTE)
  async withdrawn(@Body() body: QuoteWithdrawnDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const withdrawal = { ...touchpointData(body, issuer, 'out', 'showroom'), ...pick(body, 'reason') };
    const record = Record.onJourney(issuer, {
      journeyId: body.journeyId,
      decider: quoteDecider,
      mentions: { responsibleId: withdrawal.responsibleId },
      command: { act: 'withdraw', withdrawal, occurredAt: body.occurredAt, ...pick(body, 'journeyId', 'corrects') },
    });
    return answer(await this.bus.execute(record));
  }

  private async quoted(act: 'issue' | 'revise', body: QuoteTermsDto, issuer: Issuer): Promise<RecordedAnswer> {
    const quote = {
      ...touchpointData(body, issuer, 'out', 'showroom'),
      price: money(body.price),
      ...(body.discount && { discount: money(body.discount) }),
      ...pick(body, 'product', 'items', 'promises'),
      ...pick(body, 'validUntil'),
    };
    const record = Record.onJourney(issuer, {
      journeyId: body.journeyId,
      decider: quoteDecider,
      mentions: { responsibleId: quote.responsibleId },
      command: { act, quote, occurredAt: body.occurredAt, ...pick(body, 'journeyId', 'corrects') },
    });
    return answer(await this.bus.execute(record));
  }
}
