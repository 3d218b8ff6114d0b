// breaks: lib-postgres
export { sealed } from '@touchline/sealing';
