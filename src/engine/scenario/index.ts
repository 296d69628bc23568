export { type BenchOptions, type DeviceImages, ScenarioBench, type ScenarioMachine } from './bench';
export { SCENARIOS, selectScenarios } from './catalog';
export { runScenario } from './runScenario';
export * from './scenario';
export { formatReport, type ReportContext } from './scenarioReport';
export * from './scenarioResult';
