import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { OneOf, OrderedPageQuery, QueryInt, ResponseProperty, Revision, Text } from '@touchline/http';
import { AsOfQuery, MaybeAsOf } from '../as-of.dto.js';
import type { Duration, Figures, Funnel, StageFigures, WonValue } from './funnel.query.js';
import { PlaybookRefShown, StandingContractShown, StandingStageShown, StageReachedShown } from '../shown.dto.js';
import { BY, JourneyFilter, SLICES } from './journey-filter.js';
import type { JourneyStages, Outcome } from './journey-stages.entity.js';
import { OUTCOMES } from './journey-stages.entity.js';
import type { StageOutcome } from './journeys.query.js';
import { STAGE_OUTCOMES } from './journeys.query.js';
import type { Label } from './worded.js';

export class ListJourneysQuery extends IntersectionType(OrderedPageQuery, JourneyFilter) {}

export class FunnelJourneysQuery extends IntersectionType(ListJourneysQuery, AsOfQuery) {
  @Text({ optional: true, max: 60, description: 'journeys that reached this stage', example: 'test-drive' })
  reachedStageId?: string;

  @OneOf(STAGE_OUTCOMES, {
    optional: true,
    description: 'what became of them there, default entered; left: converted or dropped, those whose time in the stage is counted',
  })
  outcome?: StageOutcome;
}

export class FunnelQuery extends IntersectionType(JourneyFilter, AsOfQuery) {
  @Text({
    optional: true,
    max: 80,
    pattern: BY,
    description: `what to slice by: ${SLICES.join(', ')}, or attribute:name`,
    example: 'siteId',
  })
  by?: string;

  @QueryInt({ optional: true, min: 1, max: 1000, description: 'most slices, the largest first; default 100' })
  slices?: number;
}

export class ListedJourneyShown {
  @ResponseProperty(String) journeyId!: string;
  @Revision() revision!: number;
  @ResponseProperty(String, { enum: ['open', 'won', 'lost'] }) status!: JourneyStages['status'];
  @ResponseProperty(String, { nullable: true, description: 'when it was won or lost' }) closedAt!: string | null;
  @ResponseProperty(String, { nullable: true }) customerId!: string | null;
  @ResponseProperty(String, { nullable: true }) siteId!: string | null;
  @ResponseProperty(String, { nullable: true }) unitId!: string | null;
  @ResponseProperty(String, { nullable: true }) ownerId!: string | null;
  @ResponseProperty(String, { nullable: true }) productLine!: string | null;
  @ResponseProperty(String, { nullable: true }) product!: string | null;
  @ResponseProperty(String, { nullable: true }) media!: string | null;
  @ResponseProperty(() => PlaybookRefShown, { nullable: true, description: 'what it began with' }) playbook!: PlaybookRefShown | null;
  @ResponseProperty(String) openedAt!: string;
  @ResponseProperty(String, { nullable: true }) lastTouchAt!: string | null;
  @ResponseProperty(Number) touchpoints!: number;
  @ResponseProperty(String, { nullable: true }) lostAt!: string | null;
  @ResponseProperty(String, { nullable: true }) lostKind!: string | null;
  @ResponseProperty(() => StandingContractShown, { nullable: true, description: 'the one that stands' })
  contract!: StandingContractShown | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { office: '东区' },
    description: 'labels of the group, by name',
  })
  attributes!: Record<string, string>;
  @ResponseProperty(() => StandingStageShown, { nullable: true, description: 'the furthest that stands' })
  stage!: StandingStageShown | null;
}

class JourneyStageShown extends StageReachedShown {
  @ResponseProperty(String) enteredAt!: string;
  @ResponseProperty(String, { nullable: true }) leftAt!: string | null;
  @ResponseProperty(String, { enum: OUTCOMES }) outcome!: Outcome;
}

export class JourneyShown extends IntersectionType(ListedJourneyShown, MaybeAsOf) {
  @ResponseProperty(() => JourneyStageShown, { list: true }) stages!: JourneyStageShown[];
}

export class JourneyPageShown extends MaybeAsOf {
  @ResponseProperty(() => ListedJourneyShown, { list: true }) items!: ListedJourneyShown[];
  @ResponseProperty(String, { nullable: true, description: 'cursor of the page after' }) next!: string | null;
}

/** Hours, exact. Median and 90th percentile interpolate between neighbours (percentile_cont), or are a value that occurred (percentile_disc). */
class DurationShown implements Duration {
  @ResponseProperty(Number, { description: 'journeys it is of' }) journeys!: number;
  @ResponseProperty(Number, { nullable: true, fraction: true }) medianHours!: number | null;
  @ResponseProperty(Number, { nullable: true, fraction: true }) p90Hours!: number | null;
  @ResponseProperty(Number, { nullable: true, fraction: true }) medianOccurredHours!: number | null;
  @ResponseProperty(Number, { nullable: true, fraction: true }) p90OccurredHours!: number | null;
  @ResponseProperty(Number, { nullable: true, fraction: true }) meanHours!: number | null;
  @ResponseProperty(Number, { nullable: true, fraction: true }) minHours!: number | null;
  @ResponseProperty(Number, { nullable: true, fraction: true }) maxHours!: number | null;
}

class WonValueShown implements WonValue {
  @ResponseProperty(String, { example: 'CNY' }) currency!: string;
  @ResponseProperty(Number, { description: 'journeys won at a known price' }) journeys!: number;
  @ResponseProperty(Number, { description: 'minor units' }) amount!: number;
  @ResponseProperty(Number, { fraction: true, description: 'minor units, unrounded' }) averageAmount!: number;
}

class StageFiguresShown implements StageFigures {
  @ResponseProperty(String, { nullable: true }) playbookId!: string | null;
  @ResponseProperty(String) stageId!: string;
  @ResponseProperty(Number) stageOrder!: number;
  @ResponseProperty(Number, { description: 'converted + dropped + inside' }) entered!: number;
  @ResponseProperty(Number, { description: 'went on to a further stage' }) converted!: number;
  @ResponseProperty(Number, { description: 'lost while they stood there' }) dropped!: number;
  @ResponseProperty(Number, { description: 'stand there still' }) inside!: number;
  @ResponseProperty(Number, { description: 'what had reached it was taken back; not counted as entered' }) takenBack!: number;
  @ResponseProperty(() => DurationShown, { description: 'of those converted or dropped' }) timeInStage!: DurationShown;
}

class FiguresShown implements Figures {
  @ResponseProperty(Number) opportunities!: number;
  @ResponseProperty(Number) open!: number;
  @ResponseProperty(Number) won!: number;
  @ResponseProperty(Number) lost!: number;
  @ResponseProperty(Number, { description: 'won + lost' }) closed!: number;
  @ResponseProperty(Number, { nullable: true, fraction: true, description: 'won ÷ closed, unrounded', example: 0.31 })
  winRate!: number | null;
  @ResponseProperty(() => WonValueShown, { list: true }) wonValue!: WonValueShown[];
  @ResponseProperty(() => DurationShown) openedToWon!: DurationShown;
  @ResponseProperty(() => DurationShown) openedToLost!: DurationShown;
  @ResponseProperty(() => DurationShown) openedToClosed!: DurationShown;
  @ResponseProperty(() => StageFiguresShown, { list: true }) stages!: StageFiguresShown[];
}

class LabelShown implements Label {
  @ResponseProperty(String, { nullable: true, example: '微信广告' }) zh!: string | null;
  @ResponseProperty(String, { nullable: true, example: 'WeChat ad' }) en!: string | null;
}

class SliceShown extends FiguresShown {
  @ResponseProperty(String, { nullable: true, description: 'null where it is not known; filter for that with the empty text' }) key!:
    string | null;
  @ResponseProperty(() => LabelShown, { nullable: true, description: 'of a word of the group: a media source, a product' })
  label!: LabelShown | null;
}

export class FunnelShown extends MaybeAsOf implements Funnel {
  @ResponseProperty(String, { nullable: true, example: 'siteId' }) by!: string | null;
  @ResponseProperty(() => FiguresShown) overall!: FiguresShown;
  @ResponseProperty(() => SliceShown, { list: true }) slices!: SliceShown[];
  @ResponseProperty(Boolean, { description: 'there are more slices than were asked for' }) more!: boolean;
}
