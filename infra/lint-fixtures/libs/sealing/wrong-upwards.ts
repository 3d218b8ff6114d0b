// breaks: lib-sealing
export { subscriber } from '@touchline/subscriptions';
