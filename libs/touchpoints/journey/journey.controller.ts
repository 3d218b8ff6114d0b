import { Body, Controller, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth/allow.js';
import type { Issuer } from '@touchline/commands';
import { Record } from '@touchline/commands';
import type { Caller } from '@touchline/core';
import { Instant, IssuedBy, OneOf, RecordedAnswer, Text, Uuid, answer, pick } from '@touchline/http';
import { CORRECTING, OF_JOURNEY, Records } from '../rejections.js';
import { journeyDecider } from './journey.decider.js';
import type { LossKind } from './journey.events.js';
import { LOSS_KINDS } from './journey.events.js';

class JourneyNamedDto {
  @Uuid()
  journeyId!: string;
}

class JourneyLostDto extends JourneyNamedDto {
  @Instant({ description: 'when it was lost; may be earlier than now, never later' })
  occurredAt!: string;

  @OneOf(LOSS_KINDS)
  kind!: LossKind;

  @Text({ optional: true, max: 100, description: 'the competitor it went to; kept sealed', example: '他牌' })
  to?: string;

  @Text({ optional: true, max: 100, description: 'the reason in words; kept sealed', example: 'price' })
  why?: string;

  @Text({ optional: true, max: 4000, description: 'free note; kept sealed' })
  note?: string;

  @Uuid({ optional: true, description: 'loss that the request replaces (a correction)' })
  corrects?: string;
}

const CAUSES = ['recorded-in-error', 'manager'] as const;

class JourneyReactivatedDto extends JourneyNamedDto {
  @Instant({ description: 'when it was taken up again' })
  occurredAt!: string;

  @OneOf(CAUSES, { description: 'a loss that never was, or a manager takes it up again; a customer who comes back needs neither' })
  cause!: (typeof CAUSES)[number];

  @Text({ optional: true, max: 4000, description: 'free note; kept sealed' })
  note?: string;
}

class JourneyIdentifiedDto extends JourneyNamedDto {
  @Uuid()
  customerId!: string;
}

class OwnerAssignedDto extends JourneyNamedDto {
  @Uuid({ description: 'user who owns it from now on; works at its site' })
  ownerId!: string;

  @Text({ optional: true, max: 4000, description: 'why; kept sealed' })
  note?: string;
}

const SALES = { roles: ['consultant', 'manager'], scope: 'site' } as const;

@ApiTags('journeys')
@Controller('journeys')
export class JourneyController {
  constructor(@Inject(CommandBus) private readonly bus: CommandBus) {}

  @Post('lost')
  @Allow(SALES)
  @Records(
    'Record a journey lost (战败)',
    ...OF_JOURNEY,
    ...CORRECTING,
    'journey.already-lost',
    'journey.contract-stands',
    'journey.out-of-order',
  )
  async lost(@Body() body: JourneyLostDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const loss = pick(body, 'kind', 'to', 'why', 'note');
    const record = Record.onJourney(issuer, {
      journeyId: body.journeyId,
      decider: journeyDecider,
      command: { act: 'lose', loss, occurredAt: body.occurredAt, ...pick(body, 'journeyId', 'corrects') },
    });
    return answer(await this.bus.execute(record));
  }

  @Post('reactivated')
  @Allow({ ...SALES, why: 'consultants take back a loss recorded in error; only managers take up what was lost' })
  @Records('Take up a lost journey again', ...OF_JOURNEY, 'journey.not-lost', 'journey.not-a-manager', 'journey.out-of-order')
  async reactivated(
    @Body() body: JourneyReactivatedDto,
    @IssuedBy() issuer: Issuer,
    @CurrentCaller() caller: Caller,
  ): Promise<RecordedAnswer> {
    const { journeyId } = body;
    const byManager = caller.roles.includes('manager');
    const record = Record.onJourney(issuer, {
      journeyId,
      decider: journeyDecider,
      command: { act: 'reactivate', journeyId, occurredAt: body.occurredAt, reactivation: pick(body, 'cause', 'note'), byManager },
    });
    return answer(await this.bus.execute(record));
  }

  @Post('identified')
  @Allow(SALES)
  @Records(
    'Tie an unidentified journey to its customer',
    ...OF_JOURNEY,
    'customer.unknown',
    'customer.erased',
    'journey.already-identified',
  )
  async identified(@Body() body: JourneyIdentifiedDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const { journeyId, customerId } = body;
    const record = Record.onJourney(issuer, {
      journeyId,
      decider: journeyDecider,
      newCustomerId: customerId,
      command: { act: 'identify', journeyId, customerId },
    });
    return answer(await this.bus.execute(record));
  }

  @Post('owner-assigned')
  @Allow({ roles: ['manager'], scope: 'site' })
  @Records(
    'Give a journey to another owner (归属顾问), from now on',
    ...OF_JOURNEY,
    'user.unknown',
    'user.deactivated',
    'journey.owner-elsewhere',
    'journey.same-owner',
  )
  async ownerAssigned(@Body() body: OwnerAssignedDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const { journeyId, ownerId } = body;
    const record = Record.onJourney(issuer, {
      journeyId,
      decider: journeyDecider,
      newOwnerId: ownerId,
      command: { act: 'assign', ...pick(body, 'journeyId', 'ownerId', 'note') },
    });
    return answer(await this.bus.execute(record));
  }
}
