import type { Type } from '@nestjs/common';
import type { Projection } from '@touchline/core';
import type { QueryDefinition } from './named-query.js';
import type { StoredProjection } from '@touchline/subscriptions';
import type { MigrationClass } from '@touchline/postgres';
import { CustomerStatusController } from './customer-status/customer-status.controller.js';
import { CustomerPart } from './customer-status/customer-status.entity.js';
import { customerStatusProjection } from './customer-status/customer-status.projection.js';
import { customerStatusMigrations } from './customer-status/customer-status.migrations.js';
import * as customerStatusQueries from './customer-status/customer-status.queries.js';
import { CustomerStream } from './customer-streams/customer-streams.entity.js';
import { customerStreamsProjection } from './customer-streams/customer-streams.projection.js';
import { customerStreamsMigrations } from './customer-streams/customer-streams.migrations.js';
import { CustomerTimelineController } from './customer-timeline/customer-timeline.controller.js';
import { TimelineEntry } from './customer-timeline/customer-timeline.entity.js';
import { customerTimelineProjection } from './customer-timeline/customer-timeline.projection.js';
import { TextsController } from './customer-timeline/texts.controller.js';
import { TrafficController } from './customer-timeline/traffic.controller.js';
import { customerTimelineMigrations } from './customer-timeline/customer-timeline.migrations.js';
import * as customerTimelineQueries from './customer-timeline/customer-timeline.queries.js';
import { GroupDirectoryController } from './group-directory/group-directory.controller.js';
import { Entry } from './group-directory/group-directory.entity.js';
import { groupDirectoryProjection } from './group-directory/group-directory.projection.js';
import { groupDirectoryMigrations } from './group-directory/group-directory.migrations.js';
import * as groupDirectoryQueries from './group-directory/group-directory.queries.js';
import { PlaybookListController } from './group-directory/playbook-list.controller.js';
import { IdentityQuestionsController } from './identity-questions/identity-questions.controller.js';
import { IdentityQuestion } from './identity-questions/identity-questions.entity.js';
import { identityQuestionsProjection } from './identity-questions/identity-questions.projection.js';
import { identityQuestionsMigrations } from './identity-questions/identity-questions.migrations.js';
import * as identityQuestionsQueries from './identity-questions/identity-questions.queries.js';
import { JourneyStagesController } from './journey-stages/journey-stages.controller.js';
import { JourneyStages } from './journey-stages/journey-stages.entity.js';
import { journeyStagesProjection } from './journey-stages/journey-stages.projection.js';
import { journeyStagesMigrations } from './journey-stages/journey-stages.migrations.js';
import * as journeyStagesQueries from './journey-stages/journey-stages.queries.js';
import { personDirectoryMigrations } from './person-directory/person-directory.migrations.js';
import * as personDirectoryQueries from './person-directory/person-directory.queries.js';
import { PersonDirectoryController } from './person-directory/person-directory.controller.js';
import { Person } from './person-directory/person-directory.entity.js';
import { personDirectoryProjection } from './person-directory/person-directory.projection.js';
import type { EntityClass } from './table-of.js';
import { tableOf } from './table-of.js';
import { OpenTimer } from './timers/timers.entity.js';
import { timersMigrations } from './timers/timers.migrations.js';
import { timersProjection } from './timers/timers.projection.js';

/** A folder of this library: a read model, its table and its routes. */
export interface ReadModel {
  /** The folder's name, which is the projection's. */
  name: string;
  projection: StoredProjection;
  /** The one place where its columns stand. */
  entity: EntityClass;
  /** In the order they were written; none is edited once released. */
  migrations: readonly MigrationClass[];
  controllers: readonly Type[];
  /** What is answered from it, by name. */
  queries: readonly QueryDefinition<never>[];
}

function readModel<Row extends object>(
  projection: Projection<Row>,
  entity: EntityClass<Row>,
  parts: Pick<ReadModel, 'migrations' | 'controllers' | 'queries'>,
): ReadModel {
  return { name: projection.name, projection: { ...projection, ...tableOf(entity) }, entity, ...parts };
}

/** THE list: one line for each folder, in the order of their names. */
export const projections: readonly ReadModel[] = [
  readModel(customerStatusProjection, CustomerPart, {
    migrations: customerStatusMigrations,
    controllers: [CustomerStatusController],
    queries: Object.values(customerStatusQueries),
  }),
  readModel(customerStreamsProjection, CustomerStream, {
    migrations: customerStreamsMigrations,
    controllers: [],
    queries: [],
  }),
  readModel(customerTimelineProjection, TimelineEntry, {
    migrations: customerTimelineMigrations,
    controllers: [CustomerTimelineController, TextsController, TrafficController],
    queries: Object.values(customerTimelineQueries),
  }),
  readModel(groupDirectoryProjection, Entry, {
    migrations: groupDirectoryMigrations,
    controllers: [GroupDirectoryController, PlaybookListController],
    queries: Object.values(groupDirectoryQueries),
  }),
  readModel(identityQuestionsProjection, IdentityQuestion, {
    migrations: identityQuestionsMigrations,
    controllers: [IdentityQuestionsController],
    queries: Object.values(identityQuestionsQueries),
  }),
  readModel(journeyStagesProjection, JourneyStages, {
    migrations: journeyStagesMigrations,
    controllers: [JourneyStagesController],
    queries: Object.values(journeyStagesQueries),
  }),
  readModel(personDirectoryProjection, Person, {
    migrations: personDirectoryMigrations,
    controllers: [PersonDirectoryController],
    queries: Object.values(personDirectoryQueries),
  }),
  readModel(timersProjection, OpenTimer, {
    migrations: timersMigrations,
    controllers: [],
    queries: [],
  }),
];
