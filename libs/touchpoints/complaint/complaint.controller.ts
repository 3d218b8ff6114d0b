import { Body, Controller, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { Issuer } from '@touchline/commands';
import { Record, idOfNew } from '@touchline/commands';
import { streamName } from '@touchline/core';
import { IssuedBy, NotBeside, OneOf, RecordedAnswer, Slug, InboundMessage, Text, Uuid, answer, pick } from '@touchline/http';
import { MAY_RECORD, TouchpointDto, touchpointData } from '../contact.dto.js';
import { CORRECTING, Records } from '../rejections.js';
import type { ComplaintAct } from './complaint.decider.js';
import { complaintDecider } from './complaint.decider.js';
import type { ComplaintCategory, ComplaintReceived, ComplaintResolved } from './complaint.events.js';
import { COMPLAINT_CATEGORIES, GROUNDS, RESPONSIBILITIES, SEVERITIES } from './complaint.events.js';

class ComplaintReceivedDto extends TouchpointDto {
  @Uuid({ optional: true, description: 'journey it is about; else name the customer and the site' })
  @NotBeside('customerId', 'siteId', 'complaintId')
  journeyId?: string;

  @Uuid({ optional: true, example: '3f0c2a7e-5b1d-5c8e-9a46-7d2e8b90c1f4' })
  @NotBeside('complaintId')
  customerId?: string;

  @Slug({ optional: true, example: 'yunqili' })
  @NotBeside('complaintId')
  siteId?: string;

  @Uuid({ optional: true, description: 'complaint whose receipt is corrected' })
  complaintId?: string;

  @OneOf(COMPLAINT_CATEGORIES)
  category!: ComplaintCategory;

  @Text({ max: 20_000, description: 'the whole account, word for word; kept sealed', example: '厨房顶棚渗水,昨夜滴到灶台' })
  account!: string;

  @Text({ optional: true, max: 4000, description: 'the solution the customer desires; kept sealed', example: '修好并重新粉刷' })
  wish?: string;

  @OneOf(SEVERITIES, { optional: true })
  severity?: (typeof SEVERITIES)[number];

  @Text({ optional: true, max: 100, description: 'building or batch concerned', example: '3' })
  building?: string;
}

/** A later step of a complaint that is there. */
class ComplaintStepDto extends TouchpointDto {
  @Uuid()
  complaintId!: string;
}

class ComplaintResolvedDto extends ComplaintStepDto {
  @Text({ max: 4000, description: 'what was done; kept sealed', example: '重新密封并粉刷,已复查。' })
  resolution!: string;

  @OneOf(RESPONSIBILITIES, { description: 'said plainly, even where it is undetermined' })
  responsibility!: ComplaintResolved['responsibility'];

  @OneOf(GROUNDS, { optional: true, description: 'what a remedy or compensation rests on' })
  ground?: (typeof GROUNDS)[number];
}

/** Whoever hears a complaint records it; those who answer for it take it further (domain §1.1, §8). */
const MAY_SETTLE = { roles: ['service-manager', 'manager'], scope: 'site' } as const;
const ON_RECEIPT = [
  'complaint.unknown',
  'complaint.already-received',
  'complaint.customer-missing',
  'word.unknown',
  'contact.site-missing',
  'site.unknown',
  'journey.unknown',
  'customer.unknown',
  'user.unknown',
] as const;
const OF_A_COMPLAINT = ['complaint.unknown', 'complaint.already-closed', 'complaint.out-of-order', 'user.unknown', ...CORRECTING] as const;

@ApiTags('complaints')
@Controller('complaints')
export class ComplaintController {
  constructor(@Inject(CommandBus) private readonly bus: CommandBus) {}

  @Post('received')
  @Allow(MAY_RECORD)
  @InboundMessage('complaint-received')
  @Records('Record a complaint received (投诉)', ...ON_RECEIPT, ...CORRECTING)
  received(@Body() body: ComplaintReceivedDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const complaint: ComplaintReceived = {
      ...touchpointData(body, issuer, 'in', 'hotline'),
      ...pick(body, 'category', 'account', 'wish', 'severity', 'building'),
    };
    if (body.complaintId !== undefined) return this.send(recordOf(issuer, body.complaintId, body, { act: 'receive', complaint }));
    const complaintId = idOfNew('complaint', issuer);
    return this.send(
      Record.about(issuer, body, (about) => recordOf(issuer, complaintId, body, { act: 'receive', complaint, about }, about.siteId)),
    );
  }

  @Post('acknowledged')
  @Allow(MAY_SETTLE)
  @Records(
    'Record that the customer was thanked and told who acts',
    ...OF_A_COMPLAINT,
    'complaint.already-acknowledged',
    'complaint.already-resolved',
  )
  acknowledged(@Body() body: ComplaintStepDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const acknowledgement = touchpointData(body, issuer, 'out', 'phone');
    return this.send(recordOf(issuer, body.complaintId, body, { act: 'acknowledge', acknowledgement }));
  }

  @Post('resolved')
  @Allow(MAY_SETTLE)
  @Records('Record what was done, and whose responsibility it is', ...OF_A_COMPLAINT, 'complaint.already-resolved')
  resolved(@Body() body: ComplaintResolvedDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const resolution = { ...touchpointData(body, issuer, 'out', 'phone'), ...pick(body, 'resolution', 'responsibility', 'ground') };
    return this.send(recordOf(issuer, body.complaintId, body, { act: 'resolve', resolution }));
  }

  @Post('closed')
  @Allow(MAY_SETTLE)
  @Records('Close a resolved complaint', ...OF_A_COMPLAINT, 'complaint.not-resolved')
  closed(@Body() body: ComplaintStepDto, @IssuedBy() issuer: Issuer): Promise<RecordedAnswer> {
    const closing = touchpointData(body, issuer, 'out', 'phone');
    return this.send(recordOf(issuer, body.complaintId, body, { act: 'close', closing }));
  }

  private async send(record: Record): Promise<RecordedAnswer> {
    return answer(await this.bus.execute(record));
  }
}

/** `siteId` where the complaint is a new one; it belongs to that site from then on. */
const recordOf = (issuer: Issuer, complaintId: string, body: TouchpointDto, act: ComplaintAct, siteId?: string): Record =>
  Record.atSite(issuer, {
    stream: streamName('complaint', issuer.tenant, complaintId),
    decider: complaintDecider,
    command: { ...act, complaintId, occurredAt: body.occurredAt, ...pick(body, 'corrects') },
    mentions: { responsibleId: body.responsibleId },
    ...(siteId !== undefined && { siteId }),
  });
