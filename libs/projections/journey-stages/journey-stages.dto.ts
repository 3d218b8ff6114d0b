import { IntersectionType } from '@nestjs/swagger';
import { OneOf, OrderedPageQuery, QueryInt, Shown, Text } from '@touchline/http';
import { AsOfQuery, MaybeAsOf } from '../as-of.dto.js';
import type { Duration, Figures, Funnel, StageFigures, WonValue } from './funnel.query.js';
import type { ListedJourney } from './journey-filter.js';
import { BY, JourneyFilter, SLICES } from './journey-filter.js';
import type { JourneyStage, Outcome } from './journey-stages.projection.js';
import { OUTCOMES } from './journey-stages.projection.js';
import type { StageOutcome } from './journeys.query.js';
import { STAGE_OUTCOMES } from './journeys.query.js';
import type { Label } from './worded.js';

export class ListJourneysQuery extends IntersectionType(OrderedPageQuery, JourneyFilter) {}

export class FunnelJourneysQuery extends IntersectionType(ListJourneysQuery, AsOfQuery) {
  @Text({ optional: true, max: 60, description: 'journeys that reached this stage', example: 'test-drive' })
  stage?: string;

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
    example: 'site',
  })
  by?: string;

  @QueryInt({ optional: true, min: 1, max: 1000, description: 'most slices, the largest first; default 100' })
  slices?: number;
}

export class ListedJourneyShown implements ListedJourney {
  @Shown(String) id!: string;
  @Shown(String, { enum: ['open', 'won', 'lost'] }) status!: ListedJourney['status'];
  @Shown(String, { nullable: true, description: 'when it was won or lost' }) closedAt!: string | null;
  @Shown(String, { nullable: true }) customerId!: string | null;
  @Shown(String, { nullable: true }) siteId!: string | null;
  @Shown(String, { nullable: true }) unitId!: string | null;
  @Shown(String, { nullable: true }) ownerId!: string | null;
  @Shown(String, { nullable: true }) productLine!: string | null;
  @Shown(String, { nullable: true }) product!: string | null;
  @Shown(String, { nullable: true }) media!: string | null;
  @Shown(String, { nullable: true }) playbookId!: string | null;
  @Shown(Number, { nullable: true }) playbookVersion!: number | null;
  @Shown(String) openedAt!: string;
  @Shown(String, { nullable: true }) lastTouchAt!: string | null;
  @Shown(Number) touchpoints!: number;
  @Shown(String, { nullable: true }) lostAt!: string | null;
  @Shown(String, { nullable: true }) lostKind!: string | null;
  @Shown(String, { nullable: true }) contractAt!: string | null;
  @Shown(Number, { nullable: true, description: 'minor units' }) contractAmount!: number | null;
  @Shown(String, { nullable: true }) contractCurrency!: string | null;
  @Shown(Object) attributes!: Record<string, string>;
  @Shown(String, { nullable: true, description: 'the furthest stage that stands' }) stageId!: string | null;
}

class JourneyStageShown implements JourneyStage {
  @Shown(String) stage!: string;
  @Shown(Number, { description: "place in the playbook's order" }) order!: number;
  @Shown(String) enteredAt!: string;
  @Shown(String, { nullable: true }) leftAt!: string | null;
  @Shown(String, { enum: OUTCOMES }) outcome!: Outcome;
}

export class JourneyShown extends IntersectionType(ListedJourneyShown, MaybeAsOf) {
  @Shown(() => JourneyStageShown, { list: true }) stages!: JourneyStageShown[];
}

export class JourneyPageShown extends MaybeAsOf {
  @Shown(() => ListedJourneyShown, { list: true }) items!: ListedJourneyShown[];
  @Shown(String, { nullable: true, description: 'cursor of the page after' }) next!: string | null;
}

/** Hours, exact: Cont interpolates between neighbours (percentile_cont), Disc is a value that occurred (percentile_disc). */
class DurationShown implements Duration {
  @Shown(Number) n!: number;
  @Shown(Number, { nullable: true, fraction: true }) medianCont!: number | null;
  @Shown(Number, { nullable: true, fraction: true }) p90Cont!: number | null;
  @Shown(Number, { nullable: true, fraction: true }) medianDisc!: number | null;
  @Shown(Number, { nullable: true, fraction: true }) p90Disc!: number | null;
  @Shown(Number, { nullable: true, fraction: true }) mean!: number | null;
  @Shown(Number, { nullable: true, fraction: true }) min!: number | null;
  @Shown(Number, { nullable: true, fraction: true }) max!: number | null;
}

class WonValueShown implements WonValue {
  @Shown(String, { example: 'CNY' }) currency!: string;
  @Shown(Number, { description: 'journeys won at a known price' }) journeys!: number;
  @Shown(Number, { description: 'minor units' }) amount!: number;
  @Shown(Number, { fraction: true, description: 'minor units, unrounded' }) average!: number;
}

class StageFiguresShown implements StageFigures {
  @Shown(String, { nullable: true }) playbook!: string | null;
  @Shown(String) stage!: string;
  @Shown(Number) order!: number;
  @Shown(Number, { description: 'converted + dropped + inside' }) entered!: number;
  @Shown(Number, { description: 'went on to a further stage' }) converted!: number;
  @Shown(Number, { description: 'lost while they stood there' }) dropped!: number;
  @Shown(Number, { description: 'stand there still' }) inside!: number;
  @Shown(Number, { description: 'what had reached it was taken back; not counted as entered' }) takenBack!: number;
  @Shown(() => DurationShown, { description: 'of those converted or dropped' }) timeInStage!: DurationShown;
}

class FiguresShown implements Figures {
  @Shown(Number) opportunities!: number;
  @Shown(Number) open!: number;
  @Shown(Number) won!: number;
  @Shown(Number) lost!: number;
  @Shown(Number, { description: 'won + lost' }) closed!: number;
  @Shown(Number, { nullable: true, fraction: true, description: 'won ÷ closed, unrounded', example: 0.31 })
  winRate!: number | null;
  @Shown(() => WonValueShown, { list: true }) wonValue!: WonValueShown[];
  @Shown(() => DurationShown) openedToWon!: DurationShown;
  @Shown(() => DurationShown) openedToLost!: DurationShown;
  @Shown(() => DurationShown) openedToClosed!: DurationShown;
  @Shown(() => StageFiguresShown, { list: true }) stages!: StageFiguresShown[];
}

class LabelShown implements Label {
  @Shown(String, { nullable: true, example: '微信广告' }) zh!: string | null;
  @Shown(String, { nullable: true, example: 'WeChat ad' }) en!: string | null;
}

class SliceShown extends FiguresShown {
  @Shown(String, { nullable: true, description: 'null where it is not known; filter for that with the empty text' }) key!: string | null;
  @Shown(() => LabelShown, { nullable: true, description: 'of a word of the group: a media source, a product' }) label!: LabelShown | null;
}

export class FunnelShown extends MaybeAsOf implements Funnel {
  @Shown(String, { nullable: true, example: 'site' }) by!: string | null;
  @Shown(() => FiguresShown) overall!: FiguresShown;
  @Shown(() => SliceShown, { list: true }) slices!: SliceShown[];
  @Shown(Boolean, { description: 'there are more slices than were asked for' }) more!: boolean;
}
