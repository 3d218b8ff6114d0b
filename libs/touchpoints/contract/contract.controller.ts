import { Body, Controller, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { Issuer } from '@touchline/commands';
import { Record } from '@touchline/commands';
import {
  Flag,
  Instant,
  Int,
  IssuedBy,
  MoneyDto,
  Nested,
  NestedList,
  RecordedAnswer,
  InboundMessage,
  Text,
  answer,
  pick,
} from '@touchline/http';
import { JourneyActDto, money, touchpointData } from '../contact.dto.js';
import { ON_JOURNEY, Records } from '../rejections.js';
import { contractDecider } from './contract.decider.js';

class InstalmentDto {
  @Instant({ description: 'by when it is to be paid' })
  dueAt!: string;

  @Nested(() => MoneyDto)
  amount!: MoneyDto;
}

class ContractSignedDto extends JourneyActDto {
  @Nested(() => MoneyDto)
  price!: MoneyDto;

  @Int({ optional: true, min: 1, max: 10_000, description: 'version of the quote it was signed on', example: 2 })
  onQuote?: number;

  @NestedList(() => InstalmentDto, { optional: true, maxItems: 400, description: 'in the currency of the price' })
  paymentSchedule?: InstalmentDto[];

  @Text({ optional: true, description: 'the home or vehicle sold: unit number, VIN or order number', example: '3-1502' })
  product?: string;

  @Flag({ optional: true })
  termsExplained?: boolean;

  @Flag({ optional: true })
  serviceCentreIntroduced?: boolean;
}

class ContractCancelledDto extends JourneyActDto {
  @Text({ description: 'as the boards count it; what names a person belongs into the note', example: 'loan refused' })
  reason!: string;
}

/** Sales, and the dealer management system that holds the orders (domain §1.1). */
const MAY_SIGN = { roles: ['consultant', 'manager', 'service'], scope: 'site' } as const;

@ApiTags('contracts')
@Controller('contracts')
export class ContractController {
  constructor(@Inject(CommandBus) private readonly bus: CommandBus) {}

  @Post('signed')
  @Allow(MAY_SIGN)
  @InboundMessage('contract-signed')
  @Records(
    'Record a contract or order signed (签约), with its payment schedule',
    ...ON_JOURNEY,
    'contract.price-invalid',
    'contract.schedule-invalid',
    'contract.quote-unknown',
    'contract.quote-withdrawn',
    'contract.quote-superseded',
    'contract.already-signed',
    'contract.out-of-order',
  )
  async signed(@Body() body: ContractSignedDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const contract = {
      ...touchpointData(body, issuer, 'in', 'showroom'),
      price: money(body.price),
      ...(body.paymentSchedule && {
        paymentSchedule: body.paymentSchedule.map(({ dueAt, amount }) => ({ dueAt, amount: money(amount) })),
      }),
      ...pick(body, 'onQuote', 'product', 'termsExplained', 'serviceCentreIntroduced'),
    };
    const record = Record.onJourney(issuer, {
      journeyId: body.journeyId,
      decider: contractDecider,
      mentions: { responsibleId: contract.responsibleId },
      command: { act: 'sign', contract, occurredAt: body.occurredAt, ...pick(body, 'journeyId', 'corrects') },
    });
    return answer(await this.bus.execute(record));
  }

  @Post('cancelled')
  @Allow(MAY_SIGN)
  @InboundMessage('contract-cancelled')
  @Records('Cancel the contract that stands, with its handover', ...ON_JOURNEY, 'contract.none-stands', 'contract.out-of-order')
  async cancelled(@Body() body: ContractCancelledDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const cancellation = { ...touchpointData(body, issuer, 'in', 'showroom'), reason: body.reason };
    const record = Record.onJourney(issuer, {
      journeyId: body.journeyId,
      decider: contractDecider,
      mentions: { responsibleId: cancellation.responsibleId },
      command: { act: 'cancel', cancellation, occurredAt: body.occurredAt, ...pick(body, 'journeyId', 'corrects') },
    });
    return answer(await this.bus.execute(record));
  }
}
