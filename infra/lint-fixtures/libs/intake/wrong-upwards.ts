// breaks: layer-intake
export { sealed } from '@touchline/sealing';
