export type { DeviceImages } from './bench';
export { SCENARIOS, selectScenarios } from './catalog';
export { runScenario } from './runScenario';
export * from './scenario';
export * from './scenarioResult';
