import { Body, Controller, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { Issuer } from '@touchline/commands';
import { Record, statedOf } from '@touchline/commands';
import { Flag, Instant, Int, IssuedBy, RecordedAnswer, InboundMessage, Text, TextList, answer, pick } from '@touchline/http';
import { ContactDto, JourneyActDto, MAY_RECORD, touchpointData } from '../contact.dto.js';
import { ON_CONTACT, ON_JOURNEY, Records } from '../rejections.js';
import { callDecider } from './call.decider.js';

class CallReceivedDto extends ContactDto {
  @Flag({ description: 'true where the caller left contact details; such a call is a reception (domain §6)' })
  contactTaken!: boolean;

  @Int({ optional: true, max: 99, description: 'rings before it was answered', example: 2 })
  rings?: number;

  @Int({ optional: true, max: 86_400, example: 160 })
  durationSeconds?: number;

  @Flag({ optional: true, description: 'rolled over to the standby consultant' })
  rolledOver?: boolean;

  @Flag({ optional: true })
  repeatCaller?: boolean;

  @Flag({ optional: true })
  visitInvited?: boolean;

  @Flag({ optional: true })
  visitDeclined?: boolean;

  @Instant({ optional: true, description: 'when the caller said they would come' })
  visitAt?: string;

  @Instant({ optional: true })
  nextCallAt?: string;

  @TextList({ optional: true, maxItems: 20, max: 60, example: ['price', 'test drive'] })
  asked?: string[];
}

export class CallMadeDto extends JourneyActDto {
  @Flag({ description: 'false where nobody answered' })
  reached!: boolean;

  @Int({ optional: true, max: 86_400 })
  durationSeconds?: number;

  @Instant({ optional: true })
  visitAt?: string;

  @Instant({ optional: true })
  nextCallAt?: string;

  @Text({ optional: true, max: 200 })
  purpose?: string;
}

@ApiTags('calls')
@Controller('calls')
export class CallController {
  constructor(@Inject(CommandBus) private readonly bus: CommandBus) {}

  @Post('received')
  @Allow(MAY_RECORD)
  @InboundMessage('call-received')
  @Records('Record a call received (来电): on its journey, or as an unidentified contact (未留资)', ...ON_CONTACT)
  async received(@Body() body: CallReceivedDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const occurredAt = body.occurredAt;
    const data = {
      ...touchpointData(body, issuer, 'in', 'phone'),
      ...pick(body, 'contactTaken', 'rings', 'durationSeconds', 'rolledOver', 'repeatCaller', 'visitInvited', 'visitDeclined'),
      ...pick(body, 'visitAt', 'nextCallAt'),
      ...pick(body, 'asked', 'media', 'campaign'),
      ...(body.person && statedOf(body.person)),
    };
    const record = Record.contact(issuer, body, occurredAt, {
      unidentified: { kind: 'call', data: { ...data, ...pick(body, 'callerName') }, ...pick(body, 'corrects') },
      onJourney: (place) => ({
        ...place,
        decider: callDecider,
        mentions: { responsibleId: data.responsibleId },
        command: {
          ...place,
          occurredAt,
          fact: { type: 'call-received' as const, data },
          ...(body.contactTaken && { claimant: data.responsibleId }),
          ...pick(body, 'corrects'),
        },
      }),
    });
    return answer(await this.bus.execute(record));
  }

  @Post('made')
  @Allow(MAY_RECORD)
  @InboundMessage('call-made')
  @Records('Record a call made (去电) on a journey', ...ON_JOURNEY)
  async made(@Body() body: CallMadeDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const data = {
      ...touchpointData(body, issuer, 'out', 'phone'),
      ...pick(body, 'reached', 'durationSeconds', 'purpose'),
      ...pick(body, 'visitAt', 'nextCallAt'),
    };
    const record = Record.onJourney(issuer, {
      journeyId: body.journeyId,
      decider: callDecider,
      mentions: { responsibleId: data.responsibleId },
      command: {
        journeyId: body.journeyId,
        occurredAt: body.occurredAt,
        fact: { type: 'call-made', data },
        ...pick(body, 'corrects'),
      },
    });
    return answer(await this.bus.execute(record));
  }
}
