export { type BenchOptions, type DeviceImages, ScenarioBench, type ScenarioMachine } from './bench';
export { SCENARIOS, selectScenarios } from './catalog';
export { formatReport, type ReportContext } from './report';
export { runScenario } from './runScenario';
export * from './scenario';
