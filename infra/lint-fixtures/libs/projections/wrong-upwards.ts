// breaks: layer-projections
export { sealed } from '@touchline/sealing';
