// breaks: lib-subscriptions
export { Caller } from '@touchline/http';
