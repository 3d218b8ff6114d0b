import type { Json, JsonObject } from '@touchline/core';
import { ResponseProperty } from '@touchline/http';
import { SourceShown, StageReachedShown } from '../shown.dto.js';

class ReplacedShown {
  @ResponseProperty(String) field!: string;
  @ResponseProperty(Object, { anything: true, description: 'what it said before; null where it is sealed, or said nothing', example: 2 })
  before!: Json | null;
  @ResponseProperty(Boolean) sealed!: boolean;
}

class CorrectionShown {
  @ResponseProperty(String) eventId!: string;
  @ResponseProperty(String, { description: 'who corrected it' }) recordedById!: string;
  @ResponseProperty(String) recordedAt!: string;
  @ResponseProperty(() => ReplacedShown, { list: true }) replaced!: ReplacedShown[];
}

/**
 * One contact or service act as it counts now, with what corrections replaced. Nothing personal: sealed fields are named only.
 * `type` and `details` are told for each type of its own.
 */
export class TimelineEntryShown {
  @ResponseProperty(String) eventId!: string;
  @ResponseProperty(String, { description: 'place in the log' }) position!: string;
  @ResponseProperty(String, { nullable: true }) customerId!: string | null;
  @ResponseProperty(String, { nullable: true }) journeyId!: string | null;
  @ResponseProperty(String, { nullable: true }) complaintId!: string | null;
  @ResponseProperty(String, { nullable: true }) contactId!: string | null;
  @ResponseProperty(String, { nullable: true }) siteId!: string | null;
  type!: string;
  @ResponseProperty(String, {
    nullable: true,
    description: 'what kind of its type it is: as the playbook declares it, of a loss, a call or a visit',
    example: 'test-drive',
  })
  kind!: string | null;
  @ResponseProperty(String) occurredAt!: string;
  @ResponseProperty(String) recordedAt!: string;
  @ResponseProperty(Number, { description: 'how long after it happened it was recorded' }) lateBySeconds!: number;
  @ResponseProperty(String, { nullable: true }) channel!: string | null;
  @ResponseProperty(String, { nullable: true, enum: ['in', 'out'] }) direction!: string | null;
  @ResponseProperty(String, { nullable: true }) responsibleId!: string | null;
  @ResponseProperty(String, { description: 'a user, or the system it came from' }) recordedById!: string;
  @ResponseProperty(() => StageReachedShown, { nullable: true, description: 'the stage it reached' }) stage!: StageReachedShown | null;
  details!: JsonObject;
  @ResponseProperty(String, { list: true, description: 'fields that are kept sealed' }) sealed!: string[];
  @ResponseProperty(() => CorrectionShown, { list: true }) corrections!: CorrectionShown[];
  @ResponseProperty(String, { list: true, description: 'rules that an imported fact broke' }) deviations!: string[];
  @ResponseProperty(() => SourceShown, { nullable: true, description: 'the system it came from' }) source!: SourceShown | null;
}
