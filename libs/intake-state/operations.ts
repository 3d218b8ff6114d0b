import type { EventStore } from '@touchline/event-store';
import type { Kafka } from '@touchline/kafka';
import { GroupOwnedElsewhere, positionsOf, withAdmin } from '@touchline/kafka';
import type { PartitionLag } from './lag.js';
import { partitionLags } from './lag.js';
import type { IntakeStanding } from './standing.js';
import { intakeGroup, intakeTopics } from './topics.js';

export interface PartitionShown extends PartitionLag {
  /** Where it stands at a fault: since when, at which, and who holds it. */
  standsSince: string | null;
  fault: string | null;
  holder: string | null;
}

/** How the intake stands, for whoever runs the platform. */
export interface IntakeShown {
  /**
   * resting: no Kafka is set, or this is a rehearsal · unknown: the brokers do not say · elsewhere: another installation takes
   * the messages for this log · unattended: no process takes any · standing: a partition waits for a fault to be over · running
   */
  state: 'resting' | 'unknown' | 'elsewhere' | 'unattended' | 'standing' | 'running';
  group: string | null;
  /** Processes that take messages in. */
  members: number;
  /** Messages not yet taken; null where nobody knows. */
  waiting: number | null;
  trouble: string | null;
  partitions: PartitionShown[];
}

export interface IntakeStateDeps {
  standing: IntakeStanding;
  store: Pick<EventStore, 'logId'>;
  prefix: string;
  /** null: it rests. */
  kafka: Kafka | null;
}

const RESTS: IntakeShown = { state: 'resting', group: null, members: 0, waiting: null, trouble: null, partitions: [] };

export class IntakeOperations {
  constructor(private readonly deps: IntakeStateDeps) {}

  async stands(): Promise<IntakeShown> {
    const { standing, store, prefix, kafka } = this.deps;
    if (kafka === null) return RESTS;
    const { intake: topic } = intakeTopics(prefix);
    const group = { groupId: intakeGroup(prefix, await store.logId()), topic, owner: await standing.installation() };
    const shown = { ...RESTS, group: group.groupId };
    try {
      const lags = await partitionLags(kafka, group);
      const members = await membersOf(kafka, group.groupId);
      const faults = new Map((await standing.all()).map((each) => [each.partition, each]));
      const partitions = lags.map((lag): PartitionShown => {
        const { since: standsSince = null, fault = null, holder = null } = faults.get(lag.partition) ?? {};
        return { ...lag, standsSince, fault, holder };
      });
      const waiting = lags.reduce((sum, lag) => sum + lag.waiting, 0);
      await positionsOf(kafka, group);
      const state = faults.size > 0 ? 'standing' : members > 0 ? 'running' : 'unattended';
      return { ...shown, state, members, waiting, partitions };
    } catch (error) {
      if (error instanceof GroupOwnedElsewhere) return { ...shown, state: 'elsewhere', trouble: error.message };
      return { ...shown, state: 'unknown', trouble: error instanceof Error ? error.message : String(error) };
    }
  }
}

async function membersOf(kafka: Kafka, groupId: string): Promise<number> {
  const { groups } = await withAdmin(kafka, (admin) => admin.describeGroups([groupId]));
  return groups[0]?.members.length ?? 0;
}
