// breaks: layer-identity
export { Caller } from '@touchline/http';
