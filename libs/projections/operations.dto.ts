import { ResponseProperty, Text, Uuid } from '@touchline/http';
import type { BuildProgress, BuildReport, Compared, DifferenceKind } from '@touchline/rebuild';
import type { FailedEvent, Failure, FailureCode, Lag } from '@touchline/subscriptions';
import type { ProjectionStands, ShownCheck } from './operations.js';
import type { BuildStands } from './rebuilds.js';
import type { AsideSummary, Skip } from './set-aside.js';

export const UNKNOWN = ['projection.unknown'];

export class SkipDto implements Skip {
  @Uuid({ description: 'the event that failed, as it is shown' })
  eventId!: string;

  @Text({ min: 3, max: 1000, description: 'why it may be left out; recorded for good, so nothing personal', example: 'a test event' })
  reason!: string;
}

export class LagShown implements Lag {
  @ResponseProperty(Number, { description: 'events of the log not yet worked in' }) events!: number;
  @ResponseProperty(Boolean, { description: 'there are more than that' }) more!: boolean;
  @ResponseProperty(Number, { fraction: true, description: 'age of the oldest of them' }) seconds!: number;
}

export class FailedEventShown implements FailedEvent {
  @ResponseProperty(String, { format: 'uuid' }) id!: string;
  @ResponseProperty(String) type!: string;
  @ResponseProperty(String) stream!: string;
  @ResponseProperty(String) position!: string;
}

export class FailureShown implements Failure {
  @ResponseProperty(String, { enum: ['event.failed', 'checkpoint.log-mismatch'] }) code!: FailureCode;
  @ResponseProperty(() => FailedEventShown, { nullable: true }) event!: FailedEventShown | null;
  @ResponseProperty(String) error!: string;
  @ResponseProperty(String) stack!: string;
  @ResponseProperty(String) failedAt!: string;
}

export class ProgressShown implements BuildProgress {
  @ResponseProperty(Number, { description: 'events of the log worked in' }) done!: number;
  @ResponseProperty(Number, { nullable: true, description: 'events that must be; null until they are counted' }) total!: number | null;
  @ResponseProperty(Number, { nullable: true, fraction: true }) eventsPerSecond!: number | null;
  @ResponseProperty(Number, { nullable: true, fraction: true }) remainingSeconds!: number | null;
}

class SidesShown {
  @ResponseProperty(Number) live!: number;
  @ResponseProperty(Number) built!: number;
}

class ChecksumsShown {
  @ResponseProperty(String) live!: string;
  @ResponseProperty(String) built!: string;
}

class ColumnsShown {
  @ResponseProperty(String, { list: true }) onlyLive!: string[];
  @ResponseProperty(String, { list: true }) onlyBuilt!: string[];
}

class DifferingShown implements Record<DifferenceKind, number> {
  @ResponseProperty(Number, { description: 'keys of which both have a row' }) changed!: number;
  @ResponseProperty(Number, { description: 'keys of which only the live rows were' }) missing!: number;
  @ResponseProperty(Number, { description: 'keys of which only the new rows are' }) added!: number;
}

class ComparedShown implements Compared {
  @ResponseProperty(Boolean) equal!: boolean;
  @ResponseProperty(() => SidesShown) rows!: SidesShown;
  @ResponseProperty(() => ChecksumsShown, { description: 'over the columns that both have, in the order of the keys' })
  checksums!: ChecksumsShown;
  @ResponseProperty(() => ColumnsShown, { description: 'columns of one side only, which are not compared' }) columns!: ColumnsShown;
  @ResponseProperty(() => DifferingShown, { description: 'all that differ, of every group' }) differing!: DifferingShown;
}

class ReportShown implements BuildReport {
  @ResponseProperty(String, { nullable: true, description: 'place in the log where both stood' }) position!: string | null;
  @ResponseProperty(String, { enum: ['equal', 'version-changed', 'accepted', 'refused'] }) outcome!: BuildReport['outcome'];
  @ResponseProperty(() => ComparedShown, { nullable: true, description: 'null where the live rows are of another log' })
  compared!: ComparedShown | null;
}

export class BuildShown implements BuildStands {
  @ResponseProperty(String) projection!: string;
  @ResponseProperty(Number) build!: number;
  @ResponseProperty(Number) version!: number;
  @ResponseProperty(String, { enum: ['building', 'stopped', 'cancelled', 'refused', 'live', 'kept', 'dropped'] })
  state!: BuildStands['state'];
  @ResponseProperty(String, { description: 'Postgres schema of its tables' }) schema!: string;
  @ResponseProperty(String) begunAt!: string;
  @ResponseProperty(String, { nullable: true }) endedAt!: string | null;
  @ResponseProperty(() => ProgressShown) progress!: ProgressShown;
  @ResponseProperty(() => FailureShown, { nullable: true, description: 'what it stopped at' }) failure!: FailureShown | null;
  @ResponseProperty(() => ReportShown, { nullable: true, description: 'what came of comparing it with the rows before' })
  report!: ReportShown | null;
}

/** A row and the log, or two builds, that do not say the same. */
export class KeyDiffers {
  @ResponseProperty(String) key!: string;
  @ResponseProperty(String, { nullable: true }) tenant!: string | null;
  @ResponseProperty(String, { enum: ['changed', 'missing', 'added'] }) difference!: DifferenceKind;
  @ResponseProperty(String, { list: true, description: 'values of the row that differ' }) columns!: string[];
  @ResponseProperty(() => FailedEventShown, { nullable: true, description: 'the first event that makes them differ' })
  event!: FailedEventShown | null;
}

class CheckShown implements ShownCheck {
  @ResponseProperty(String) checkedAt!: string;
  @ResponseProperty(String, { nullable: true, description: 'place in the log that the rows stood at' }) position!: string | null;
  @ResponseProperty(Number, { description: 'rows that were compared' }) rows!: number;
  @ResponseProperty(Number, { description: 'those that are not as the log says, of every group' }) differing!: number;
  @ResponseProperty(() => KeyDiffers, { list: true, description: 'some of those' }) named!: KeyDiffers[];
  @ResponseProperty(String, { nullable: true, description: 'why nothing could be compared' }) error!: string | null;
}

class AsideShown implements AsideSummary {
  @ResponseProperty(Number) streams!: number;
  @ResponseProperty(String, { nullable: true, description: 'since when the oldest waits' }) since!: string | null;
}

export class ProjectionShown implements ProjectionStands {
  @ResponseProperty(String) name!: string;
  @ResponseProperty(Number) version!: number;
  @ResponseProperty(String, { enum: ['running', 'paused', 'stopped', 'idle'] }) state!: ProjectionStands['state'];
  @ResponseProperty(String, { nullable: true }) position!: string | null;
  @ResponseProperty(String, { nullable: true, description: 'newest position of the log' }) head!: string | null;
  @ResponseProperty(() => LagShown) lag!: LagShown;
  @ResponseProperty(String, { nullable: true }) movedAt!: string | null;
  @ResponseProperty(() => AsideShown, { description: 'what is missing from its rows, since it could not be worked in' })
  setAside!: AsideShown;
  @ResponseProperty(() => FailureShown, { nullable: true, description: 'why it stands still until an operator acts' })
  failure!: FailureShown | null;
  @ResponseProperty(() => BuildShown, { nullable: true, description: 'the rows that queries read' }) live!: BuildShown | null;
  @ResponseProperty(() => BuildShown, { nullable: true, description: 'rows built beside them: under way, stopped, cancelled or refused' })
  next!: BuildShown | null;
  @ResponseProperty(String, {
    nullable: true,
    description: 'what to do where the live rows are of another version than this release reads',
  })
  advice!: string | null;
  @ResponseProperty(() => CheckShown, { nullable: true, description: 'what the last regular check of the rows found' })
  checked!: CheckShown | null;
}
