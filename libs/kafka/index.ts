export * from './committed.js';
export * from './connect.js';
export * from './consume.js';
export * from './fenced-producer.js';
export * from './partition.js';
export * from './producer-thread.js';
export * from './read-topic.js';
export * from './topic-admin.js';
