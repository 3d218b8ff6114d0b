// breaks: layer-event-store
export { subscriber } from '@touchline/subscriptions';
