// breaks: layer-sealing
export { subscriber } from '@touchline/subscriptions';
