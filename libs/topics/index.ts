import { complaintsTopic } from './complaints.topic.js';
import { journeyStatusTopic } from './journey-status.topic.js';
import type { Topic } from './topic.js';
import { touchpointsTopic } from './touchpoints.topic.js';

export * from './topic.js';

/** THE list: one line for each topic, in the order of their names. */
export const topics: readonly Topic[] = [complaintsTopic, journeyStatusTopic, touchpointsTopic];
