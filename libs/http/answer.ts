import { ApiProperty } from '@nestjs/swagger';
import type { CommandOutcome } from '@touchline/event-store';
import { Refused } from './problem.js';

/** Answer to every command that was recorded; the same to every repetition of it. */
export class RecordedAnswer {
  @ApiProperty({ description: 'the event that records it; null where nothing had to change', nullable: true, type: String, format: 'uuid' })
  eventId!: string | null;

  @ApiProperty({ required: false, format: 'uuid' })
  customerId?: string;

  @ApiProperty({ required: false, format: 'uuid' })
  journeyId?: string;

  @ApiProperty({ required: false, format: 'uuid' })
  complaintId?: string;

  @ApiProperty({ required: false, format: 'uuid', description: 'unidentified contact (未留资)' })
  contactId?: string;

  @ApiProperty({ description: 'revision of the record after it; send it as If-Match to refuse a stale screen', example: 3 })
  revision!: number;

  @ApiProperty({
    description: 'give it as ?after= to a query that must show this',
    nullable: true,
    type: String,
    example: '00000000000004d2',
  })
  position!: string | null;
}

/**
 * What a caller is told of an outcome.
 * @throws Refused with every refusal; a stale screen is told what changed since (ADR 0003)
 */
export function answer(outcome: CommandOutcome): RecordedAnswer {
  if (outcome.kind === 'refused') {
    const since = outcome.since?.map(({ id, type, meta }) => ({
      eventId: id,
      type,
      recordedById: meta.actor.id,
      occurredAt: meta.occurredAt,
      recordedAt: meta.recordedAt,
    }));
    throw new Refused(outcome.refusals, since === undefined ? {} : { changes: since });
  }
  const last = outcome.events.at(-1);
  const { customer, journey, complaint, contact } = last?.meta.subjects ?? {};
  return {
    eventId: last?.id ?? null,
    ...(customer !== undefined && { customerId: customer }),
    ...(journey !== undefined && { journeyId: journey }),
    ...(complaint !== undefined && { complaintId: complaint }),
    ...(contact !== undefined && { contactId: contact }),
    revision: outcome.revision,
    position: outcome.position,
  };
}
