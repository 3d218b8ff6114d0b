// breaks: lib-auth
export { Caller } from '@touchline/http';
