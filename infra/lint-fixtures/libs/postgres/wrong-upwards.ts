// breaks: layer-postgres
export { sealed } from '@touchline/sealing';
