// breaks: layer-auth
export { Caller } from '@touchline/http';
