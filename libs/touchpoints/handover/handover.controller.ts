import { Body, Controller, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { Issuer } from '@touchline/commands';
import { Record } from '@touchline/commands';
import { Flag, Instant, Int, IssuedBy, Nested, RecordedAnswer, InboundMessage, Text, answer, pick } from '@touchline/http';
import { JourneyActDto, MAY_RECORD, touchpointData } from '../contact.dto.js';
import { ON_JOURNEY, Records } from '../rejections.js';
import { handoverDecider } from './handover.decider.js';

class HandoverScheduledDto extends JourneyActDto {
  @Instant({ description: 'the time agreed' })
  at!: string;

  @Text({ optional: true, description: 'why an appointment is moved; needed where one holds', example: 'transport' })
  reason?: string;

  @Instant({ optional: true, description: 'when the customer was told of the new time' })
  customerToldAt?: string;
}

class ChecklistDto {
  @Int({ max: 10_000, example: 42 })
  passed!: number;

  @Int({ max: 10_000, example: 0 })
  failed!: number;
}

class HandoverCompletedDto extends JourneyActDto {
  @Nested(() => ChecklistDto, { optional: true, description: 'items as the customer ticked them' })
  checklist?: ChecklistDto;

  @Flag({ optional: true, description: 'absent is "not stated", here and below' })
  documents?: boolean;

  @Flag({ optional: true })
  keys?: boolean;

  @Flag({ optional: true })
  feesExplained?: boolean;

  @Flag({ optional: true })
  fitOutGuidance?: boolean;

  @Flag({ optional: true })
  complaintGuidance?: boolean;

  @Flag({ optional: true })
  serviceContactIntroduced?: boolean;

  @Flag({ optional: true, description: 'a photo was taken' })
  photo?: boolean;
}

const OF_A_CONTRACT = ['handover.no-contract', 'handover.already-completed', 'handover.out-of-order'] as const;

@ApiTags('handovers')
@Controller('handovers')
export class HandoverController {
  constructor(@Inject(CommandBus) private readonly bus: CommandBus) {}

  @Post('scheduled')
  @Allow(MAY_RECORD)
  @InboundMessage('handover-scheduled')
  @Records(
    'Record the appointment for a handover; while one holds, this moves it',
    ...ON_JOURNEY,
    ...OF_A_CONTRACT,
    'handover.appointment-past',
    'handover.same-time',
    'handover.reason-missing',
  )
  async scheduled(@Body() body: HandoverScheduledDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const appointment = {
      ...touchpointData(body, issuer, 'out', 'phone'),
      at: body.at,
      ...pick(body, 'reason'),
      ...pick(body, 'customerToldAt'),
    };
    const record = Record.onJourney(issuer, {
      journeyId: body.journeyId,
      decider: handoverDecider,
      mentions: { responsibleId: appointment.responsibleId },
      command: { act: 'schedule', appointment, occurredAt: body.occurredAt, ...pick(body, 'journeyId', 'corrects') },
    });
    return answer(await this.bus.execute(record));
  }

  @Post('completed')
  @Allow(MAY_RECORD)
  @InboundMessage('handover-completed')
  @Records('Record the home or vehicle handed over (交付/交车)', ...ON_JOURNEY, ...OF_A_CONTRACT)
  async completed(@Body() body: HandoverCompletedDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const report = {
      ...touchpointData(body, issuer, 'out', 'site'),
      ...(body.checklist && { checklist: { passed: body.checklist.passed, failed: body.checklist.failed } }),
      ...pick(body, 'documents', 'keys', 'feesExplained', 'fitOutGuidance', 'complaintGuidance', 'serviceContactIntroduced', 'photo'),
    };
    const record = Record.onJourney(issuer, {
      journeyId: body.journeyId,
      decider: handoverDecider,
      mentions: { responsibleId: report.responsibleId },
      command: { act: 'complete', report, occurredAt: body.occurredAt, ...pick(body, 'journeyId', 'corrects') },
    });
    return answer(await this.bus.execute(record));
  }
}
