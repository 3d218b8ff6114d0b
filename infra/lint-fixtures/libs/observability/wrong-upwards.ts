// breaks: lib-observability
export { Caller } from '@touchline/http';
