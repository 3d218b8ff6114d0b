// breaks: lib-projections
export { sealed } from '@touchline/sealing';
