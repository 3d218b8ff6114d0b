import type { Type } from '@nestjs/common';
import type { Projection } from '@touchline/core';
import type { StoredProjection } from '@touchline/subscriptions';
import type { MigrationInterface } from 'typeorm';
import { CustomerStatusController } from './customer-status/customer-status.controller.js';
import { CustomerPart } from './customer-status/customer-status.entity.js';
import { customerStatusProjection } from './customer-status/customer-status.projection.js';
import { CustomerStatus1790000000001 } from './customer-status/migrations/1790000000001-customer-status.js';
import { CustomerStream } from './customer-streams/customer-streams.entity.js';
import { customerStreamsProjection } from './customer-streams/customer-streams.projection.js';
import { CustomerStreams1790000000003 } from './customer-streams/migrations/1790000000003-customer-streams.js';
import { CustomerStreamsCustomers1790000000008 } from './customer-streams/migrations/1790000000008-customer-streams-customers.js';
import { CustomerTimelineController } from './customer-timeline/customer-timeline.controller.js';
import { TimelineEntry } from './customer-timeline/customer-timeline.entity.js';
import { customerTimelineProjection } from './customer-timeline/customer-timeline.projection.js';
import { TextsController } from './customer-timeline/texts.controller.js';
import { TrafficController } from './customer-timeline/traffic.controller.js';
import { CustomerTimeline1790000000002 } from './customer-timeline/migrations/1790000000002-customer-timeline.js';
import { GroupDirectoryController } from './group-directory/group-directory.controller.js';
import { Entry } from './group-directory/group-directory.entity.js';
import { groupDirectoryProjection } from './group-directory/group-directory.projection.js';
import { GroupDirectory1790000000006 } from './group-directory/migrations/1790000000006-group-directory.js';
import { PlaybookListController } from './group-directory/playbook-list.controller.js';
import { IdentityQuestionsController } from './identity-questions/identity-questions.controller.js';
import { IdentityQuestion } from './identity-questions/identity-questions.entity.js';
import { identityQuestionsProjection } from './identity-questions/identity-questions.projection.js';
import { IdentityQuestions1790000000011 } from './identity-questions/migrations/1790000000011-identity-questions.js';
import { JourneyStagesController } from './journey-stages/journey-stages.controller.js';
import { JourneyStages } from './journey-stages/journey-stages.entity.js';
import { journeyStagesProjection } from './journey-stages/journey-stages.projection.js';
import { JourneyStages1790000000005 } from './journey-stages/migrations/1790000000005-journey-stages.js';
import { PersonDirectory1790000000004 } from './person-directory/migrations/1790000000004-person-directory.js';
import { PersonDirectoryErased1790000000007 } from './person-directory/migrations/1790000000007-person-directory-erased.js';
import { PersonDirectoryNoStatistics1790000000010 } from './person-directory/migrations/1790000000010-person-directory-no-statistics.js';
import { PersonDirectoryLastFour1790000000012 } from './person-directory/migrations/1790000000012-person-directory-last-four.js';
import { PersonDirectoryController } from './person-directory/person-directory.controller.js';
import { Person } from './person-directory/person-directory.entity.js';
import { personDirectoryProjection } from './person-directory/person-directory.projection.js';
import type { EntityClass } from './table-of.js';
import { tableOf } from './table-of.js';

/** A folder of this library: a read model, its table and its routes. */
export interface ReadModel {
  /** The folder's name, which is the projection's. */
  name: string;
  projection: StoredProjection;
  /** The one place where its columns stand. */
  entity: EntityClass;
  /** In the order they were written; none is edited once released. */
  migrations: readonly Type<MigrationInterface>[];
  controllers: readonly Type[];
}

function readModel<Row extends object>(
  projection: Projection<Row>,
  entity: EntityClass<Row>,
  parts: Pick<ReadModel, 'migrations' | 'controllers'>,
): ReadModel {
  return { name: projection.name, projection: { ...projection, ...tableOf(entity) }, entity, ...parts };
}

/** THE list: one line for each folder, in the order of their names. */
export const projections: readonly ReadModel[] = [
  readModel(customerStatusProjection, CustomerPart, {
    migrations: [CustomerStatus1790000000001],
    controllers: [CustomerStatusController],
  }),
  readModel(customerStreamsProjection, CustomerStream, {
    migrations: [CustomerStreams1790000000003, CustomerStreamsCustomers1790000000008],
    controllers: [],
  }),
  readModel(customerTimelineProjection, TimelineEntry, {
    migrations: [CustomerTimeline1790000000002],
    controllers: [CustomerTimelineController, TextsController, TrafficController],
  }),
  readModel(groupDirectoryProjection, Entry, {
    migrations: [GroupDirectory1790000000006],
    controllers: [GroupDirectoryController, PlaybookListController],
  }),
  readModel(identityQuestionsProjection, IdentityQuestion, {
    migrations: [IdentityQuestions1790000000011],
    controllers: [IdentityQuestionsController],
  }),
  readModel(journeyStagesProjection, JourneyStages, {
    migrations: [JourneyStages1790000000005],
    controllers: [JourneyStagesController],
  }),
  readModel(personDirectoryProjection, Person, {
    migrations: [
      PersonDirectory1790000000004,
      PersonDirectoryErased1790000000007,
      PersonDirectoryNoStatistics1790000000010,
      PersonDirectoryLastFour1790000000012,
    ],
    controllers: [PersonDirectoryController],
  }),
];
