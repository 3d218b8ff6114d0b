// breaks: layer-observability
export { Caller } from '@touchline/http';
