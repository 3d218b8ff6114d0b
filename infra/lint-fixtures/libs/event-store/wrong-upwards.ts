// breaks: lib-event-store
export { subscriber } from '@touchline/subscriptions';
