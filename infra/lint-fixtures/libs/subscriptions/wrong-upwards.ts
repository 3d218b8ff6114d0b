// breaks: layer-subscriptions
export { Caller } from '@touchline/http';
