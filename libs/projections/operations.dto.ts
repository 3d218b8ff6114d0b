import { Shown, Text, Uuid } from '@touchline/http';
import type { BuildProgress, BuildReport, Compared, DifferenceKind } from '@touchline/rebuild';
import type { FailedEvent, Failure, FailureCode, Lag } from '@touchline/subscriptions';
import type { ProjectionStands, ShownCheck } from './operations.js';
import type { BuildStands, DifferenceShown } from './rebuilds.js';
import type { AsideSummary, Skip } from './set-aside.js';

export const UNKNOWN = ['projection.unknown'];

export class SkipDto implements Skip {
  @Uuid({ description: 'the event that failed, as it is shown' })
  eventId!: string;

  @Text({ min: 3, max: 1000, description: 'why it may be left out; recorded for good, so nothing personal', example: 'a test event' })
  reason!: string;
}

export class LagShown implements Lag {
  @Shown(Number, { description: 'events of the log not yet worked in' }) events!: number;
  @Shown(Boolean, { description: 'there are more than that' }) more!: boolean;
  @Shown(Number, { fraction: true, description: 'age of the oldest of them' }) seconds!: number;
}

export class FailedEventShown implements FailedEvent {
  @Shown(String) id!: string;
  @Shown(String) type!: string;
  @Shown(String) stream!: string;
  @Shown(String) position!: string;
}

export class FailureShown implements Failure {
  @Shown(String, { enum: ['event.failed', 'checkpoint.log-mismatch'] }) code!: FailureCode;
  @Shown(() => FailedEventShown, { nullable: true }) event!: FailedEventShown | null;
  @Shown(String) error!: string;
  @Shown(String) stack!: string;
  @Shown(String) failedAt!: string;
}

export class ProgressShown implements BuildProgress {
  @Shown(Number, { description: 'events of the log worked in' }) done!: number;
  @Shown(Number, { nullable: true, description: 'events that must be; null until they are counted' }) total!: number | null;
  @Shown(Number, { nullable: true, fraction: true }) eventsPerSecond!: number | null;
  @Shown(Number, { nullable: true, fraction: true }) remainingSeconds!: number | null;
}

class SidesShown {
  @Shown(Number) live!: number;
  @Shown(Number) built!: number;
}

class ChecksumsShown {
  @Shown(String) live!: string;
  @Shown(String) built!: string;
}

class ColumnsShown {
  @Shown(String, { list: true }) onlyLive!: string[];
  @Shown(String, { list: true }) onlyBuilt!: string[];
}

class DifferingShown implements Record<DifferenceKind, number> {
  @Shown(Number, { description: 'keys of which both have a row' }) changed!: number;
  @Shown(Number, { description: 'keys of which only the live rows were' }) missing!: number;
  @Shown(Number, { description: 'keys of which only the new rows are' }) added!: number;
}

class ComparedShown implements Compared {
  @Shown(Boolean) equal!: boolean;
  @Shown(() => SidesShown) rows!: SidesShown;
  @Shown(() => ChecksumsShown, { description: 'over the columns that both have, in the order of the keys' }) checksums!: ChecksumsShown;
  @Shown(() => ColumnsShown, { description: 'columns of one side only, which are not compared' }) columns!: ColumnsShown;
  @Shown(() => DifferingShown, { description: 'all that differ, of every group' }) differing!: DifferingShown;
}

class ReportShown implements BuildReport {
  @Shown(String, { nullable: true, description: 'place in the log where both stood' }) position!: string | null;
  @Shown(String, { enum: ['equal', 'version-changed', 'accepted', 'refused'] }) outcome!: BuildReport['outcome'];
  @Shown(() => ComparedShown, { nullable: true, description: 'null where the live rows are of another log' })
  compared!: ComparedShown | null;
}

export class BuildShown implements BuildStands {
  @Shown(String) projection!: string;
  @Shown(Number) build!: number;
  @Shown(Number) version!: number;
  @Shown(String, { enum: ['building', 'stopped', 'cancelled', 'refused', 'live', 'kept', 'dropped'] }) state!: BuildStands['state'];
  @Shown(String, { description: 'Postgres schema of its tables' }) schema!: string;
  @Shown(String) begunAt!: string;
  @Shown(String, { nullable: true }) endedAt!: string | null;
  @Shown(() => ProgressShown) progress!: ProgressShown;
  @Shown(() => FailureShown, { nullable: true, description: 'what it stopped at' }) failure!: FailureShown | null;
  @Shown(() => ReportShown, { nullable: true, description: 'what came of comparing it with the rows before' }) report!: ReportShown | null;
}

/** A row and the log, or two builds, that do not say the same. */
export class KeyDiffers implements DifferenceShown {
  @Shown(String) key!: string;
  @Shown(String, { nullable: true }) tenant!: string | null;
  @Shown(String, { enum: ['changed', 'missing', 'added'] }) kind!: DifferenceKind;
  @Shown(String, { list: true, description: 'values of the row that differ' }) columns!: string[];
  @Shown(() => FailedEventShown, { nullable: true, description: 'the first event that makes them differ' }) event!: FailedEventShown | null;
}

class CheckShown implements ShownCheck {
  @Shown(String) checkedAt!: string;
  @Shown(String, { nullable: true, description: 'place in the log that the rows stood at' }) position!: string | null;
  @Shown(Number, { description: 'rows that were compared' }) rows!: number;
  @Shown(Number, { description: 'those that are not as the log says, of every group' }) differing!: number;
  @Shown(() => KeyDiffers, { list: true, description: 'some of those' }) named!: KeyDiffers[];
  @Shown(String, { nullable: true, description: 'why nothing could be compared' }) error!: string | null;
}

class AsideShown implements AsideSummary {
  @Shown(Number) streams!: number;
  @Shown(String, { nullable: true, description: 'since when the oldest waits' }) since!: string | null;
}

export class ProjectionShown implements ProjectionStands {
  @Shown(String) name!: string;
  @Shown(Number) version!: number;
  @Shown(String, { enum: ['running', 'paused', 'stopped', 'idle'] }) state!: ProjectionStands['state'];
  @Shown(String, { nullable: true }) position!: string | null;
  @Shown(String, { nullable: true, description: 'newest position of the log' }) head!: string | null;
  @Shown(() => LagShown) lag!: LagShown;
  @Shown(String, { nullable: true }) movedAt!: string | null;
  @Shown(() => AsideShown, { description: 'what is missing from its rows, since it could not be worked in' }) setAside!: AsideShown;
  @Shown(() => FailureShown, { nullable: true, description: 'why it stands still until an operator acts' }) failure!: FailureShown | null;
  @Shown(() => BuildShown, { nullable: true, description: 'the rows that queries read' }) live!: BuildShown | null;
  @Shown(() => BuildShown, { nullable: true, description: 'rows built beside them: under way, stopped, cancelled or refused' })
  next!: BuildShown | null;
  @Shown(String, { nullable: true, description: 'what to do where the live rows are of another version than this release reads' })
  advice!: string | null;
  @Shown(() => CheckShown, { nullable: true, description: 'what the last regular check of the rows found' }) checked!: CheckShown | null;
}
