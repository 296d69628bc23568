export type { DeviceImages } from './bench';
export { SCENARIOS, selectScenarios } from './catalog';
export { runScenario } from './runScenario';
export * from './scenario';
export { formatReport, type ReportContext } from './scenarioReport';
export * from './scenarioResult';
